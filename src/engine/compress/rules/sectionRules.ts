import { type Line, splitLines } from '../lines.ts';
import { isHeading, isRule } from '../markup.ts';
import type { Rule } from '../rule.ts';

/** A horizontal rule just above a heading: the heading divides by itself. */
export const sectionRules: Rule = {
  name: 'section-rules',
  level: 'aggressive',
  reason: 'the heading below already separates the sections',
  suggest(message) {
    if (message.speaksOf('dividers')) return [];

    const lines = splitLines(message.text);
    return lines.flatMap((line, at) => {
      // Under a line of text it is no rule: it makes a heading of that line.
      if (!isRule(line.text) || !isBlank(lines[at - 1]) || message.isShape(line)) return [];
      let below = at + 1;
      while (isBlank(lines[below])) below += 1;
      const next = lines[below];
      // Above a template it divides the template from the instructions.
      const showsBelow = next && message.isShape({ start: next.next, end: next.next + 1 });
      return next && !showsBelow && isHeading(next.text)
        ? [[{ start: line.start, end: next.start, text: '' }]]
        : [];
    });
  },
};

function isBlank(line: Line | undefined): boolean {
  return line !== undefined && line.text.trim() === '';
}
