import type { Edit } from '../edit.ts';
import type { MessageText } from '../messageText.ts';
import type { Rule, Suggestion } from '../rule.ts';

/**
 * Terms of the workspace's glossary, by their abbreviations. The first mention keeps the term and gets the
 * abbreviation in brackets; whether that pays is for the tokenizer to say.
 */
export const glossaryTerms: Rule = {
  name: 'glossary',
  level: 'aggressive',
  reason: 'the glossary has an abbreviation',
  suggest: (message, { glossary }) =>
    [...glossary].flatMap(([term, short]) => abbreviate(message, term, short)),
};

function abbreviate(message: MessageText, term: string, short: string): Suggestion[] {
  const { text } = message;
  const mentions = [...text.matchAll(wordPattern(term, 'giu'))]
    .map((match) => ({ start: match.index, end: match.index + match[0].length }))
    .filter((span) => message.isProse(span));
  const [first, ...others] = mentions;
  if (first === undefined || others.length === 0) return [];
  const edits: Edit[] = others.map((span) => ({ ...span, text: short }));
  const definition = ` (${short})`;
  if (text.startsWith(definition, first.end)) return [edits];
  // The abbreviation must be new, and every reader must come by its definition.
  if (wordPattern(short, 'u').test(text) || !message.isUnconditional(first)) return [];
  return [[{ start: first.end, end: first.end, text: definition }, ...edits]];
}

function wordPattern(words: string, flags: string): RegExp {
  const pattern = words
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('\\s+');
  return new RegExp(`(?<![\\p{L}\\p{N}_])${pattern}(?![\\p{L}\\p{N}_])`, flags);
}
