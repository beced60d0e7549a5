import { occursIn, stemPhrase, stemText } from './stems.ts';

type Prepared = { text: string; phrase: NonNullable<ReturnType<typeof stemPhrase>> };

const cache = new WeakMap<readonly string[], Prepared[]>();

/**
 * Which of the phrases occur in the text. `list` is prepared once per array. Phrases without any word are
 * left out of both lists. Negation is not understood: "no refund" contains "refund".
 */
export function findPhrases(list: readonly string[], text: string): { found: string[]; missing: string[] } {
  let prepared = cache.get(list);
  if (!prepared) {
    prepared = list.flatMap((item) => {
      const phrase = stemPhrase(item);
      return phrase ? [{ text: item, phrase }] : [];
    });
    cache.set(list, prepared);
  }

  const stemmed = stemText(text);
  const found: string[] = [];
  const missing: string[] = [];
  for (const { text: shown, phrase } of prepared) (occursIn(phrase, stemmed) ? found : missing).push(shown);

  return { found, missing };
}
