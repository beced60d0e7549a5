import type { Span } from './spanSet.ts';

/** Replaces a stretch of a text. */
export interface Edit extends Span {
  text: string;
}

/** Applies edits that do not overlap, in any order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = '';
  let cursor = 0;
  for (const edit of inOrder(edits)) {
    result += text.slice(cursor, edit.start) + edit.text;
    cursor = edit.end;
  }
  return result + text.slice(cursor);
}

export function inOrder<T extends Edit>(edits: readonly T[]): T[] {
  return [...edits].sort((a, b) => a.start - b.start || a.end - b.end);
}
