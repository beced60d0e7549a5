import type * as vscode from 'vscode';

/** A line that says whose the message below it is, in any of the formats. */
const ROLE_LINE =
  /^\s*(?:#{1,3}\s*)?(?:-\s*)?["']?(?:\{\{\s*role\b|role\b|content\b|(?:system|developer|user|assistant|tool)\b[^.]{0,40}:?\s*$)/i;
/** In YAML, the role stands up to so many lines above the text. */
const NEAR = 2;

/** The line (from 0) at which a message begins to a person: its role's, where that stands just above its text. */
export function messageLine(document: vscode.TextDocument, line: number): number {
  let first = Math.min(line, document.lineCount) - 1;
  for (let step = 0; step < NEAR && first > 0; step += 1) {
    if (!ROLE_LINE.test(document.lineAt(first - 1).text)) break;
    first -= 1;
  }
  return first;
}
