import { declarationEnd, instructionEnd, xmlNameAt } from './xmlMarkup.ts';

/** A part of a text that may be XML: from the first character to the one after the last. */
export interface XmlPart {
  start: number;
  end: number;
}

interface Element extends XmlPart {
  /** Where the element around it begins; undefined at the top. */
  parent: number | undefined;
}

/**
 * The parts of a text that promptfoo takes for XML: first, for elements side by side, all of them with what stands
 * between; then each outermost element. Time is linear: of tags that have no end, at most three reach over one place,
 * since quotes that hide the next `<` from one tag show it to another.
 */
export function xmlCandidates(text: string): XmlPart[] {
  const open: { name: string; start: number }[] = [];
  const elements: Element[] = [];
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const kind = text[at + 1];
    if (kind === '!') at = declarationEnd(text, at);
    else if (kind === '?') at = instructionEnd(text, at);
    else {
      const name = xmlNameAt(text, at + (kind === '/' ? 2 : 1));
      const end = name === undefined ? undefined : tagEnd(text, at);
      if (name === undefined || end === undefined) continue;

      if (kind !== '/') {
        if (text.slice(at, end).trimEnd().endsWith('/'))
          elements.push({ start: at, end: end + 1, parent: open.at(-1)?.start });
        else open.push({ name, start: at });
      } else if (open.at(-1)?.name === name) {
        const start = open.pop()?.start ?? at;
        elements.push({ start, end: end + 1, parent: open.at(-1)?.start });
      } else open.length = 0;

      at = end;
    }
  }

  return inOrder(elements);
}

/** The `>` of a tag, outside quotes and before any `<`. */
function tagEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '>') return at;
    if (char === '<') return undefined;
    if (char === '"' || char === "'") {
      at = text.indexOf(char, at + 1);
      if (at < 0) break;
    }
  }
  return undefined;
}

function inOrder(elements: readonly Element[]): XmlPart[] {
  const starts = new Set(elements.map(({ start }) => start));
  const outermost = elements.filter(({ parent }) => parent === undefined || !starts.has(parent));
  const rows = new Map<number | undefined, XmlPart & { count: number }>();
  for (const { start, end, parent } of outermost) {
    const row = rows.get(parent);
    if (row)
      rows.set(parent, {
        start: Math.min(row.start, start),
        end: Math.max(row.end, end),
        count: row.count + 1,
      });
    else rows.set(parent, { start, end, count: 1 });
  }

  const sideBySide = [...rows.values()].filter(({ count }) => count > 1);
  return [...sideBySide, ...outermost.sort((a, b) => a.start - b.start)];
}
