/** Longest list that is read out of an answer: what is longer is a flood. */
export const MAX_SENTENCES = 1000;

/** A full stop after one of these ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s("'])(?:dr|mr|mrs|ms|prof|st|no|nr|vs|etc|approx|inc|ltd|jr|sr|fig|pp?|ca|bzw|e\.g|i\.e|z(?:\.\s?b)?|d(?:\.\s?h)?)\.$/i;

let segmenter: Intl.Segmenter | undefined;

/** The lines that are not blank, as promptfoo's `splitIntoSentences`. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/**
 * One sentence a line where there are several lines, else the sentences of the text, without the numbers of a list;
 * as promptfoo's `splitTextIntoSentences`.
 */
export function sentencesOf(text: string): string[] {
  const lines = linesOf(text);
  return trimmed(lines.length > 1 ? lines : splitAtStops(text));
}

/**
 * The ways in which a text can be taken apart into sentences: where lines break if there are several, at full stops, or
 * by the rules of Unicode. A judge goes by one of them.
 */
export function segmentations(text: string): [string[], ...string[][]] {
  const lines = linesOf(text);
  const stops = withoutAbbreviations(trimmed(lines.flatMap(splitAtStops)));
  segmenter ??= new Intl.Segmenter('en', { granularity: 'sentence' });
  const unicode = withoutAbbreviations(trimmed([...segmenter.segment(text)].map(({ segment }) => segment)));
  return [stops, unicode, ...(lines.length > 1 ? [trimmed(lines)] : [])];
}

/** Words alone, in lower case. */
export function comparable(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();
}

function splitAtStops(text: string): string[] {
  return text.split(/(?<=[.!?])\s|(?<=[。！？])/);
}

function withoutAbbreviations(sentences: readonly string[]): string[] {
  const merged: string[] = [];
  let open = '';
  for (const sentence of sentences) {
    open = open === '' ? sentence : `${open} ${sentence}`;
    if (ABBREVIATION.test(open)) continue;
    merged.push(open);
    open = '';
  }
  return open === '' ? merged : [...merged, open];
}

function trimmed(parts: readonly string[]): string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '' && !/^\d+[.)]$/.test(part));
}
