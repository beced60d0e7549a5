import type { Edit } from '../edit.ts';
import type { MessageText } from '../messageText.ts';
import type { Rule, Suggestion } from '../rule.ts';

/**
 * Terms of the workspace's glossary, by their abbreviations, in the singular and the plural. The first mention
 * keeps the term and gets the abbreviation in brackets; whether that pays is for the tokenizer to say.
 */
export const glossaryTerms: Rule = {
  name: 'glossary',
  level: 'aggressive',
  reason: 'the glossary has an abbreviation',
  suggest: (message, { glossary }) =>
    message.speaksOf('abbreviations')
      ? []
      : [...glossary].flatMap(([term, short]) => abbreviate(message, term, short)),
};

function abbreviate(message: MessageText, term: string, short: string): Suggestion[] {
  const { text } = message;
  const mentions = [...text.matchAll(wordPattern(term, '(s?)', 'giu'))]
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      text: short + (match[1] ?? ''),
    }))
    .filter((mention) => message.isProse(mention) && message.isInstruction(mention));

  const [first, ...others] = mentions;
  if (first === undefined) return [];

  const edits = others.flatMap((mention) => withArticle(text, mention, short));
  if (edits.length === 0) return [];

  const definition = ` (${first.text})`;
  if (text.startsWith(definition, first.end)) return [edits];

  // The abbreviation must be new, and every reader must come by its definition.
  if (wordPattern(short, 's?', 'u').test(text) || !message.isUnconditional(first)) return [];
  return [[{ start: first.end, end: first.end, text: definition }, ...edits]];
}

/** The edit with the article that the abbreviation takes; none where that is not certain. */
function withArticle(text: string, edit: Edit, short: string): Edit[] {
  const before = /(?<![\p{L}\p{N}])([Aa])n?([ \t]+)$/u.exec(
    text.slice(Math.max(0, edit.start - 10), edit.start),
  );
  if (before === null) return [edit];
  const article = articleOf(short);
  if (article === undefined) return [];
  const [{ length }, letter = '', space = ''] = before;
  return [{ start: edit.start - length, end: edit.end, text: letter + article.slice(1) + space + edit.text }];
}

/**
 * By the sound of an abbreviation, spelled ("an RMA") or spoken ("a ROM"): up to three letters are spelled, as is
 * what has no vowel. Undefined where the two differ and it might be either.
 */
function articleOf(short: string): 'a' | 'an' | undefined {
  if (!/^[A-Z]/.test(short)) return undefined;
  const spelled = /^[AEFHILMNORSX]/.test(short) ? 'an' : 'a';
  const spoken = /^[AEIOU]/.test(short) ? 'an' : 'a';
  const isSpelled = /^[A-Z]{1,3}$/.test(short) || /^[B-DF-HJ-NP-TV-Z]+$/.test(short);
  return isSpelled || spelled === spoken ? spelled : undefined;
}

/** A line break within a term is one; a blank line is not. */
function wordPattern(words: string, ending: string, flags: string): RegExp {
  const pattern = words
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
    .join('(?:[ \\t]+|[ \\t]*\\r?\\n[ \\t]*)');
  return new RegExp(`(?<![\\p{L}\\p{N}_-])${pattern}${ending}(?![\\p{L}\\p{N}_-])`, flags);
}
