import { type Line, splitLines } from './lines.ts';
import { isTableRow, isTableRule } from './markup.ts';
import type { MessageText } from './messageText.ts';

/**
 * The rows of the Markdown tables that a message gives its reader: a head, the line below it, and what follows
 * without a gap. A drawing with bars is no table; one that is announced, or has blanks to fill in, may be what an
 * answer looks like.
 */
export function givenTables(message: MessageText): Line[] {
  return tables(splitLines(message.text))
    .filter((rows) => rows.every((row) => message.isInstruction(row) && !BLANK.test(withoutCode(row.text))))
    .flat();
}

function tables(lines: readonly Line[]): Line[][] {
  const found: Line[][] = [];
  let rows: Line[] | undefined;
  for (const [at, line] of lines.entries()) {
    if (!isTableRow(line.text)) rows = undefined;
    else if (rows) rows.push(line);
    else if (isTableRule(lines[at + 1]?.text ?? '')) {
      rows = [line];
      found.push(rows);
    }
  }

  return found;
}

/** `[name]` that is no link, `<name>`, `{name}`, `...`, `___`. */
const BLANK = /\[[^\]\n]+\](?!\()|<[A-Za-z][^>\n]*>|\{[^}\n]+\}|\.{3}|…|_{3}/;

function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, '');
}
