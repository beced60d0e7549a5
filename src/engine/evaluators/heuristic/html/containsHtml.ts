import { z } from 'zod';
import type { EvaluatorDefinition } from '../../evaluator.ts';
import { binary } from '../../score.ts';

/** Points that make a text one with HTML in it. */
const ENOUGH = 2;
const CLOSING_TAG = /<\/[a-zA-Z][a-zA-Z0-9-]*\s*>/;
const ENTITY = /&(?:[a-zA-Z]+|#[0-9]+|#x[0-9a-fA-F]+);/;
const DOCTYPE = /<!DOCTYPE\s+html/i;
const COMMENT = /<!--[^-]*(?:-[^-]+)*-->/;
const ATTRIBUTE = /\s[a-zA-Z-]+=\s*["'][^"']*["']/;
const USUAL_TAG =
  /<(?:html|head|body|div|span|p|a|img|h[1-6]|ul|ol|li|table|tr|td|th|form|input|button|script|style|link|meta|br|hr)\b/i;

/**
 * A guess from what stands there, as promptfoo's `containsHtml` makes it: usual tags, a doctype, and an opening with a
 * closing tag count 2 points; a tag, a self-closing tag, an entity, a comment, an attribute 1.
 */
export const containsHtml: EvaluatorDefinition<Record<string, never>> = {
  type: 'contains-html',
  stage: 'heuristic',
  summary: 'The output contains HTML: tags, or several of an entity, an attribute, a comment and the like.',
  options: z.strictObject({}),
  // promptfoo ignores a value.
  fromAssertion: () => ({}),
  create() {
    const yes = binary(true, 'contains HTML');
    const no = binary(false, 'contains no HTML');
    return ({ output }) => (points(output.text) >= ENOUGH ? yes : no);
  },
};

function points(text: string): number {
  const { opening, selfClosing } = openingTags(text);
  const tags = [opening, CLOSING_TAG.test(text)].filter(Boolean).length;
  const found = (pattern: RegExp): number => Number(pattern.test(text));

  return (
    tags +
    Number(selfClosing) +
    found(ENTITY) +
    2 * found(DOCTYPE) +
    found(COMMENT) +
    found(ATTRIBUTE) +
    2 * found(USUAL_TAG)
  );
}

/** `<name …>` and `<name …/>`. By hand, because as a pattern it would look for the end of each `<name ` anew. */
function openingTags(text: string): { opening: boolean; selfClosing: boolean } {
  const tag = /<[a-zA-Z][a-zA-Z0-9-]*/g;
  let opening = false;
  let selfClosing = false;
  let end = -1;
  for (let match = tag.exec(text); match; match = tag.exec(text)) {
    const after = tag.lastIndex;
    if (end < after) end = text.indexOf('>', after);
    if (end < 0) break;
    const spaced = /\s/.test(text.charAt(after));
    if (end === after || spaced) opening = true;
    if (text[end - 1] === '/' && (end - 1 === after || (spaced && end - 1 > after))) selfClosing = true;
    if (opening && selfClosing) break;
  }

  return { opening, selfClosing };
}
