import { type Line, splitLines } from '../lines.ts';
import { isTableRow, isTableRule } from '../markup.ts';
import type { Rule } from '../rule.ts';

/** The spaces that line up the columns of a Markdown table; a drawing with bars is none. */
export const tableLayout: Rule = {
  name: 'table-layout',
  level: 'lossless',
  reason: 'spaces that only line up the columns',
  suggest(message) {
    return tableRows(splitLines(message.text))
      .filter((line) => message.isInstruction(line))
      .map((line) =>
        [...line.text.matchAll(PADDING)].map((match) => ({
          start: line.start + match.index,
          end: line.start + match.index + match[0].length,
          text: ' ',
        })),
      )
      .filter((edits) => edits.length > 0);
  },
};

/** The rows of all tables: a head, the line below it, and what follows without a gap. */
function tableRows(lines: readonly Line[]): Line[] {
  let inTable = false;
  return lines.filter((line, at) => {
    if (!isTableRow(line.text)) inTable = false;
    else if (isTableRule(lines[at + 1]?.text ?? '')) inTable = true;
    return inTable;
  });
}

/** Before or after a bar that no backslash escapes. */
const PADDING = /(?<=(?<!\\)\|)[ \t]{2,}|(?<![ \t|])[ \t]{2,}(?=\|)/g;
