/** Scripts that are written without spaces between words. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
const REMEMBERED = 64;
/** Characters of a text that is worth remembering; longer ones would hold on to too much memory. */
const MAX_REMEMBERED = 50_000;

let segmenter: Intl.Segmenter | undefined;
let sentences: Intl.Segmenter | undefined;
const recent = new Map<string, readonly string[]>();

/**
 * The words of a text in lower case (NFKC), in any script: between spaces where the script has them, else
 * by Unicode's segmentation. Numbers are words, punctuation is not. The last texts are remembered, so
 * several evaluators of one output split it once.
 */
export function words(text: string): readonly string[] {
  const known = recent.get(text);
  if (known) return known;
  const folded = text.normalize('NFKC').toLowerCase();
  const split = UNSPACED.test(folded) ? segment(folded) : (folded.match(WORD) ?? []);
  if (text.length > MAX_REMEMBERED) return split;
  if (recent.size >= REMEMBERED) recent.delete(recent.keys().next().value ?? '');
  recent.set(text, split);
  return split;
}

export function hasUnspacedScript(text: string): boolean {
  return UNSPACED.test(text);
}

export function countSentences(text: string): number {
  sentences ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  let count = 0;
  for (const { segment: sentence } of sentences.segment(text)) if (/[\p{L}\p{N}]/u.test(sentence)) count++;
  return count;
}

function segment(text: string): string[] {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  const found: string[] = [];
  for (const part of segmenter.segment(text)) if (part.isWordLike) found.push(part.segment);
  return found;
}
