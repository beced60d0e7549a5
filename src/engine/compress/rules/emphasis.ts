import type { MessageText } from '../messageText.ts';
import { holdsObligation } from '../protectedSpans.ts';
import type { Rule, Suggestion } from '../rule.ts';

/**
 * Bold within the prompt's own sentences. It stays where it weighs a "never" or "must" or words in capitals, and
 * where it marks a label, a term or a heading: at the beginning of a line, or before a colon.
 */
export const emphasis: Rule = {
  name: 'emphasis',
  level: 'aggressive',
  reason: 'bold only adds weight',
  suggest: (message) =>
    message.speaksOf('bold')
      ? []
      : [...message.text.matchAll(BOLD)].flatMap((match) => plain(message, match)),
};

const BOLD = /(?<![*\\\p{L}\p{N}])\*\*(?=\S)([^*\n]{1,200})(?<=\S)\*\*(?![*\p{L}\p{N}])/gu;

function plain(message: MessageText, { index, 0: whole, 1: words = '' }: RegExpExecArray): Suggestion[] {
  const end = index + whole.length;
  const isHeavy = holdsObligation(words) || !/\p{Ll}/u.test(words);
  const span = { start: index, end };
  if (isHeavy || isLabel(message.text, index, end)) return [];
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
