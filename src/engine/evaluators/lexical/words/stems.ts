import { stemmer } from 'stemmer';
import { hasUnspacedScript, words } from './words.ts';

const REMEMBERED = 20_000;
/** Longer runs of letters are no words of a language; the stemmer would need time out of proportion for them. */
const MAX_WORD = 40;
const known = new Map<string, string>();

/** A text that can be asked for phrases whatever their inflection: "refunded" finds "refunds". */
interface StemmedText {
  readonly stems: string;
  readonly folded: string;
}

/** Words are reduced by Porter's algorithm (English); words of other languages are compared as they stand. */
export function stemText(text: string): StemmedText {
  return { stems: ` ${words(text).map(stem).join(' ')} `, folded: text.normalize('NFKC').toLowerCase() };
}

/** A phrase made ready for `occursIn`; undefined when it has no word in it. */
export function stemPhrase(phrase: string): { stems: string; folded: string | undefined } | undefined {
  const stems = words(phrase).map(stem).join(' ');
  if (stems === '') return undefined;
  // Segmentation of a phrase alone may differ from that within a text, so such scripts are searched as written.
  const folded = hasUnspacedScript(phrase) ? phrase.normalize('NFKC').toLowerCase().trim() : undefined;
  return { stems: ` ${stems} `, folded };
}

/** Whether the words of the phrase follow each other somewhere in the text. */
export function occursIn(phrase: { stems: string; folded: string | undefined }, text: StemmedText): boolean {
  return phrase.folded === undefined
    ? text.stems.includes(phrase.stems)
    : text.folded.includes(phrase.folded);
}

function stem(word: string): string {
  if (word.length > MAX_WORD) return word;
  const remembered = known.get(word);
  if (remembered !== undefined) return remembered;
  const plain = word.replace(/['’]s$/, '');
  const stemmed = /^[a-z]+$/.test(plain) ? stemmer(plain) : plain;
  if (known.size >= REMEMBERED) known.clear();
  known.set(word, stemmed);
  return stemmed;
}
