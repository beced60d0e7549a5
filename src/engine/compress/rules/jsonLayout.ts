import type { Edit } from '../edit.ts';
import { findJson, type JsonBlock } from '../jsonSpans.ts';
import type { Rule, Suggestion } from '../rule.ts';
import { isSchemaToRead } from '../schemaFences.ts';

/**
 * A JSON Schema or tool definitions over several lines, in the shorter of the two usual forms on one. The values
 * are not touched. Other JSON may show what an answer or a file looks like, and keeps its layout.
 */
export const jsonLayout: Rule = {
  name: 'json-layout',
  level: 'lossless',
  reason: 'white space in JSON has no meaning',
  suggest({ text }, { count }) {
    return findJson(text)
      .filter(({ start, end }) => text.slice(start, end).includes('\n'))
      .filter(({ start, end }) => isSchemaToRead(text, fenceBefore(text, start), text.slice(start, end)))
      .map((block) => {
        const dense = gapEdits(text, block, () => '');
        const spaced = gapEdits(text, block, (before) => (before === ',' || before === ':' ? ' ' : ''));
        const length = (edits: Suggestion) => count(rewritten(text, block, edits));
        return length(spaced) <= length(dense) ? spaced : dense;
      })
      .filter((edits) => edits.length > 0);
  },
};

function gapEdits(text: string, { tokens }: JsonBlock, gap: (before: string) => string): Edit[] {
  const edits: Edit[] = [];
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (next === undefined) break;
    const wanted = gap(text.slice(token.start, token.end));
    if (text.slice(token.end, next.start) !== wanted) {
      edits.push({ start: token.end, end: next.start, text: wanted });
    }
  }
  return edits;
}

function rewritten(text: string, { start, end }: JsonBlock, edits: readonly Edit[]): string {
  let result = '';
  let cursor = start;
  for (const edit of edits) {
    result += text.slice(cursor, edit.start) + edit.text;
    cursor = edit.end;
  }
  return result + text.slice(cursor, end);
}

/** Where the fence begins that opens on the line before the offset, or the offset itself. */
function fenceBefore(text: string, start: number): number {
  const fence = /(?:^|\n)[ \t]*(?:`{3,}|~{3,})[^\n]*\n[ \t]*$/.exec(
    text.slice(Math.max(0, start - 200), start),
  );
  return start - (fence?.[0].length ?? 0);
}
