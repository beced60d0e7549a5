const MOST_LINES = 10;
const MOST_CHARACTERS = 2_000;
/** Of the frames of one stack so many are kept. */
const FRAMES = 2;
const FRAME = /^\s+(?:at |\.\.\. (?:collapsed )?\d+ )/;
/** The line that says what went wrong: `TypeError: …`, `Uncaught …`, `panic: …`. */
const MESSAGE = /^\s*(?:Uncaught |fatal |panic: |[\w.]*(?:Error|Exception)\b.*:)/i;

/**
 * The end of what a program wrote to its standard error, for a message: at most 10 lines and 2,000 characters. Stack
 * frames are thinned out, and the last line that says what went wrong is among them even if much came after it.
 */
export function lastOutput(stderr: string): string {
  const lines = thinned(stderr.trim().split(/\r?\n/));
  if (lines.length === 1 && lines[0] === '') return '';
  const end = lines.slice(-MOST_LINES);
  const at = lines.findLastIndex((line) => MESSAGE.test(line));
  const before = lines[at];
  const kept =
    at >= 0 && at < lines.length - MOST_LINES && before !== undefined ? [before, '…', ...end] : end;
  return ` Last output:\n${shortened(kept)}`;
}

function thinned(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let frames = 0;
  for (const line of lines) {
    frames = FRAME.test(line) ? frames + 1 : 0;
    if (frames <= FRAMES) kept.push(line);
  }
  return kept;
}

/** A first line that says what went wrong stands in any case, as far as there is room; of the rest, the end. */
function shortened(lines: readonly string[]): string {
  const text = lines.join('\n');
  if (text.length <= MOST_CHARACTERS) return text;
  const [first = ''] = lines;
  if (!MESSAGE.test(first)) return `…${text.slice(1 - MOST_CHARACTERS)}`.toWellFormed();

  const head = first.slice(0, MOST_CHARACTERS / 2);
  const end = text.slice(head.length).slice(-(MOST_CHARACTERS - head.length - 2));
  return `${head}\n…${end}`.toWellFormed();
}
