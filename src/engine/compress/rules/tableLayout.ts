import type { Rule } from '../rule.ts';
import { givenTables } from '../tables.ts';

/** The spaces that line up the columns of a Markdown table. */
export const tableLayout: Rule = {
  name: 'table-layout',
  level: 'lossless',
  reason: 'spaces that only align the columns',
  suggest: (message) =>
    givenTables(message)
      .map((line) =>
        [...line.text.matchAll(PADDING)].map((match) => ({
          start: line.start + match.index,
          end: line.start + match.index + match[0].length,
          text: ' ',
        })),
      )
      .filter((edits) => edits.length > 0),
};

/** Before or after a bar that no backslash escapes. */
const PADDING = /(?<=(?<!\\)\|)[ \t]{2,}|(?<![ \t|])[ \t]{2,}(?=\|)/g;
