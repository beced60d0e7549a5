/** One replacement of whole lines, from 1; the end is exclusive. */
export interface LineEdit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

/** Lines that are looked at on each side for the place where two texts agree again. */
const WINDOW = 40;
/** Lines in a row that must be equal before the texts count as agreeing again; blank lines alone are chance. */
const AGREEMENT = 2;

/**
 * The edits of whole lines that make `after` of `before`, in the order of the text. Takes time in proportion to the
 * texts: where they part for longer than a window, all that lies between there and their common end is one edit.
 */
export function textEdits(before: string, after: string): LineEdit[] {
  const old = linesOf(before);
  const now = linesOf(after);
  const shared = sharedEnd(old, now);
  const [oldEnd, nowEnd] = [old.length - shared, now.length - shared];
  const edits: LineEdit[] = [];

  let [at, to] = [0, 0];
  while (at < oldEnd || to < nowEnd) {
    if (at < oldEnd && to < nowEnd && old[at] === now[to]) {
      at += 1;
      to += 1;
      continue;
    }
    const [removed, added] = nextAgreement(old, now, at, to, oldEnd, nowEnd);
    edits.push(lineEdit(old, at, removed, now.slice(to, to + added).join('')));
    at += removed;
    to += added;
  }
  return edits;
}

/** Each with its line feed; only the last may lack one. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sharedEnd(old: readonly string[], now: readonly string[]): number {
  const most = Math.min(old.length, now.length);
  let count = 0;
  while (count < most && old.at(-1 - count) === now.at(-1 - count)) count += 1;
  return count;
}

/** How many lines of each side stand before the nearest place where they agree again. */
function nextAgreement(
  old: readonly string[],
  now: readonly string[],
  at: number,
  to: number,
  oldEnd: number,
  nowEnd: number,
): [removed: number, added: number] {
  for (let distance = 1; distance <= WINDOW; distance++) {
    for (let removed = 0; removed <= distance; removed++) {
      const added = distance - removed;
      if (at + removed > oldEnd || to + added > nowEnd) continue;
      if (agrees(old, now, at + removed, to + added, oldEnd, nowEnd)) return [removed, added];
    }
  }
  return [oldEnd - at, nowEnd - to];
}

function agrees(
  old: readonly string[],
  now: readonly string[],
  at: number,
  to: number,
  oldEnd: number,
  nowEnd: number,
): boolean {
  if (at === oldEnd || to === nowEnd) return at === oldEnd && to === nowEnd;
  for (let step = 0; step < AGREEMENT; step++) {
    const isEnd = at + step === oldEnd && to + step === nowEnd;
    if (isEnd) return true;
    if (at + step >= oldEnd || to + step >= nowEnd || old[at + step] !== now[to + step]) return false;
  }
  return true;
}

/** In place of `count` lines from the one at `start`, which counts from 0. */
function lineEdit(old: readonly string[], start: number, count: number, text: string): LineEdit {
  const last = old[start + count - 1];
  // The end of a file without a line feed at its end lies in its last line.
  const isUnended = count > 0 && last !== undefined && !last.endsWith('\n');
  const endLine = start + count + (isUnended ? 0 : 1);
  return { line: start + 1, column: 1, endLine, endColumn: isUnended ? last.length + 1 : 1, text };
}
