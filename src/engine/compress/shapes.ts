import { splitLines } from './lines.ts';
import { type Span, SpanSet } from './spanSet.ts';

const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*)/;
const SHAPE =
  /\b(?:formats?|formatted|templates?|structure[ds]?|layouts?|skeletons?|markdown|looks? like|as follows|examples?|samples?)\b/i;
const ANSWER = /\b(?:answers?|outputs?|reply|replies|respond|responses?|return)\b/i;

/**
 * Stretches that show what an answer should look like, outside code: below a line such as "Answer in this
 * format:" and under a heading such as "Output format", up to the next heading as high as its own. Decoration
 * is the point there, so no rule takes it away. A shape that begins with a heading has no end that can be told.
 */
export function findShapes(text: string): SpanSet {
  const shapes: Span[] = [];
  const lines = splitLines(text);
  /** Of the heading that the line is under; 7 above the first one. */
  let level = 7;
  let open: { start: number; level: number } | undefined;
  let announced = false;
  for (const line of lines) {
    const [, marks = '', title = ''] = HEADING.exec(line.text) ?? [];
    const isHeading = marks !== '';
    if (isHeading) {
      if (announced) return new SpanSet([...shapes, { start: line.start, end: text.length }]);
      level = marks.length;
      if (open && level <= open.level) {
        shapes.push({ start: open.start, end: endBefore(text, line.start) });
        open = undefined;
      }
    }
    const announces = !isHeading && /:[*_]{0,3}\s*$/.test(line.text) && tells(line.text);
    if (announces || (isHeading && SHAPE.test(title))) open ??= { start: line.next, level };
    if (line.text.trim() !== '') announced = announces;
  }
  if (open) shapes.push({ start: open.start, end: text.length });
  return new SpanSet(shapes);
}

/** A rule just above the next heading divides the prompt's own sections. */
function endBefore(text: string, heading: number): number {
  return text.slice(0, heading).replace(/\n[ \t]*\r?\n-{3,}\s*$/, '\n').length;
}

function tells(line: string): boolean {
  return SHAPE.test(line) || ANSWER.test(line);
}
