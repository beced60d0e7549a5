import { applyEdits, type Edit, inOrder } from './edit.ts';
import type { RuleName } from './rule.ts';
import type { Span } from './spanSet.ts';

/** An edit of the first text of a chain of edits, with the names of all that had a part in it. */
export interface ComposedEdit extends Edit {
  by: RuleName[];
}

/**
 * Two steps of edits as one: `first` leads from a text to `middle`, `second` leads on from there. Edits that
 * touch become one, so the result never covers a character that neither step covered.
 */
export function composeEdits(
  first: readonly ComposedEdit[],
  middle: string,
  second: readonly ComposedEdit[],
): ComposedEdit[] {
  const groups = group(inMiddle(inOrder(first)), inOrder(second));
  const composed: ComposedEdit[] = [];
  let shift = 0;

  for (const { start, end, earlier, later } of groups) {
    const growth = earlier.reduce((sum, { edit }) => sum + edit.text.length - (edit.end - edit.start), 0);
    const inner = later.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    composed.push({
      start: start - shift,
      end: end - shift - growth,
      text: applyEdits(middle.slice(start, end), inner),
      by: [...new Set([...earlier.flatMap(({ edit }) => edit.by), ...later.flatMap(({ by }) => by)])],
    });
    shift += growth;
  }

  return composed;
}

interface Placed extends Span {
  edit: ComposedEdit;
}

interface Group extends Span {
  earlier: Placed[];
  later: ComposedEdit[];
}

/** Where the replacements of the first step stand in the middle text. */
function inMiddle(edits: readonly ComposedEdit[]): Placed[] {
  let shift = 0;
  return edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return { start, end: start + edit.text.length, edit };
  });
}

function group(earlier: readonly Placed[], later: readonly ComposedEdit[]): Group[] {
  const groups: Group[] = [];
  const all = [
    ...earlier.map((placed) => ({ span: placed as Span, placed, edit: undefined })),
    ...later.map((edit) => ({ span: edit as Span, placed: undefined, edit })),
  ].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);

  for (const { span, placed, edit } of all) {
    let last = groups.at(-1);
    if (last === undefined || span.start > last.end) {
      last = { start: span.start, end: span.end, earlier: [], later: [] };
      groups.push(last);
    } else last.end = Math.max(last.end, span.end);
    if (placed) last.earlier.push(placed);
    if (edit) last.later.push(edit);
  }

  return groups;
}
