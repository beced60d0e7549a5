import { diffLines } from 'diff';

/** One replacement of whole lines, from 1; the end is exclusive. */
export interface LineEdit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

/** The edits of whole lines that make `after` of `before`, in the order of the text. */
export function textEdits(before: string, after: string): LineEdit[] {
  const edits: LineEdit[] = [];
  let line = 1;
  for (const { value, added, removed } of diffLines(before, after)) {
    const last = edits.at(-1);
    if (added && last && last.endLine === line) last.text += value;
    else if (added) edits.push({ line, column: 1, endLine: line, endColumn: 1, text: value });
    else if (removed) edits.push({ line, column: 1, ...endOf(value, line), text: '' });
    if (!added) line += value.split('\n').length - 1;
  }
  return edits;
}

/** Where a stretch of lines ends that begins at `line`; only the last of a file lacks its line feed. */
function endOf(value: string, line: number): { endLine: number; endColumn: number } {
  const lines = value.split('\n');
  return { endLine: line + lines.length - 1, endColumn: (lines.at(-1)?.length ?? 0) + 1 };
}
