import type { Edit } from '../edit.ts';
import type { MessageText } from '../messageText.ts';

/** A pattern, and what stands in its place; `$1` is its first group. */
export type Rewording = readonly [pattern: RegExp, replacement: string];

/**
 * Where the patterns match in the prompt's own words. What begins a sentence is cut together with the next
 * word's first letter, so that the sentence still begins with a capital; an article before what changes goes
 * with the new word, "a high" for "an extremely high". Nothing after a negation is touched: "not really" is
 * no "not".
 */
export function reword(message: MessageText, rewordings: readonly Rewording[]): Edit[][] {
  const { text } = message;
  return rewordings.flatMap(([pattern, replacement]) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const made = capitalised(text, {
        start: match.index,
        end: match.index + match[0].length,
        text: replacement.replaceAll('$1', match[1] ?? ''),
      });
      const edit = withArticle(text, made);
      return edit && message.isProse(edit) && !isNegated(text, edit.start) ? [[edit]] : [];
    }),
  );
}

/** A replacement takes over the capital of what it replaces; a cut hands it on to the next word. */
function capitalised(text: string, edit: Edit): Edit {
  const first = text[edit.start] ?? '';
  if (!/\p{Lu}/u.test(first)) return edit;
  if (edit.text !== '') return { ...edit, text: upper(edit.text) };
  const next = text[edit.end] ?? '';
  return /\p{Ll}/u.test(next) ? { start: edit.start, end: edit.end + 1, text: upper(next) } : edit;
}

/** The edit together with an article that it makes wrong; undefined where the right one is not certain. */
function withArticle(text: string, edit: Edit): Edit | undefined {
  const before = /(?<![\p{L}\p{N}])([Aa])(n?)([ \t]+)$/u.exec(
    text.slice(Math.max(0, edit.start - 10), edit.start),
  );
  if (before === null) return edit;
  const [{ length }, letter = '', n, space = ''] = before;
  const right = articleOf((edit.text + text.slice(edit.end, edit.end + 8)).toLowerCase());
  if (right === undefined) return undefined;
  if (right === `a${n}`) return edit;
  return { start: edit.start - length, end: edit.end, text: letter + right.slice(1) + space + edit.text };
}

/** By the sound that a word begins with, as far as its letters tell. */
function articleOf(word: string): 'a' | 'an' | undefined {
  if (/^(?:one|once|uni|us[aeu]|eu|ewe|hour|honest|hono|heir|herb|[^a-z])/.test(word)) return undefined;
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

function upper(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** Within the three words before, and the same sentence. */
function isNegated(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 60), at);
  return /(?:\b(?:not|no|never|without|cannot|nor|only)|n['’]t)(?:[ \t]+[^\s.!?;:,]+){0,2}[ \t]*$/i.test(
    before,
  );
}
