import type { MessageText } from '../messageText.ts';
import { holdsObligation } from '../protectedSpans.ts';
import type { Rule, Suggestion } from '../rule.ts';

/**
 * Bold within the prompt's own sentences, of several plain words. It stays where it weighs a "never" or "must", where
 * it may be a name, a value or a label (a single word, a capital, what is to be clicked), and at the beginning of a
 * line or before a colon.
 */
export const emphasis: Rule = {
  name: 'emphasis',
  level: 'aggressive',
  reason: 'bold only adds emphasis',
  suggest: (message) =>
    message.speaksOf('bold')
      ? []
      : [...message.text.matchAll(BOLD)].flatMap((match) => plain(message, match)),
};

const BOLD = /(?<![*\\\p{L}\p{N}])\*\*(?=\S)([^*\n]{1,200})(?<=\S)\*\*(?![*\p{L}\p{N}])/gu;

const PLAIN_WORDS = /^\p{Ll}[\p{Ll}'’-]*(?:[ \t]\p{Ll}[\p{Ll}'’-]*)+$/u;
/** In a sentence that says what a button, a choice or a value is called. */
const LABELLED =
  /\b(?:clicks?|selects?|press(?:es)?|chooses?|picks?|taps?|opens?|buttons?|menus?|tabs?|options?|modes?|named?|called|types?|enters?|see|says?|marks?|states?|status|values?)\b[^.!?\n]*$/i;

function plain(message: MessageText, { index, 0: whole, 1: words = '' }: RegExpExecArray): Suggestion[] {
  const end = index + whole.length;
  const isNamed =
    !PLAIN_WORDS.test(words) || LABELLED.test(message.text.slice(Math.max(0, index - 200), index));
  const span = { start: index, end };
  if (isNamed || holdsObligation(words) || isLabel(message.text, index, end)) return [];
  if (message.isShape(span) || !message.isOwnWords(span)) return [];

  return [
    [
      { start: index, end: index + 2, text: '' },
      { start: end - 2, end, text: '' },
    ],
  ];
}

function isLabel(text: string, start: number, end: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const isFirst = !/[\p{L}\p{N}]/u.test(before.replace(/^[ \t]*\d+[.)]/, ''));
  return (
    isFirst ||
    /^[ \t]*(?:[:–—(-]|\r?\n|$)/.test(text.slice(end)) ||
    /[:.!?]\*\*$/.test(text.slice(start, end))
  );
}
