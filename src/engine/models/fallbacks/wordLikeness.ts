/** A question as the likeness of words sees it. */
export type Wording = ReadonlyMap<string, number>;

let segmenter: Intl.Segmenter | undefined;

/**
 * The words of a text and each pair of neighbours, with how often they come. By Unicode's segmentation, so in any script;
 * numbers and signs count like words, because `-5` is not `5`. Letters in upper and lower case are the same.
 */
export function wordingOf(text: string): Wording {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'word' });
  const words = ['\u0002'];
  for (const { segment } of segmenter.segment(text.normalize('NFKC').toLowerCase()))
    if (segment.trim() !== '') words.push(segment);
  words.push('\u0003');

  const wording = new Map<string, number>();
  const count = (gram: string): void => {
    wording.set(gram, (wording.get(gram) ?? 0) + 1);
  };
  for (const [at, word] of words.entries()) {
    if (at > 0 && at < words.length - 1) count(word);
    if (at > 0) count(`${words[at - 1]} ${word}`);
  }

  return wording;
}

/**
 * What two wordings have in common as a share of both, 0–1: the generalised Jaccard index, Σ min / Σ max (Ioffe 2010,
 * ICDM, 246–255). 1 only for the same words in nearly the same order.
 */
export function wordLikeness(a: Wording, b: Wording): number {
  let common = 0;
  let all = 0;
  for (const [gram, count] of a) {
    const other = b.get(gram) ?? 0;
    common += Math.min(count, other);
    all += Math.max(count, other);
  }
  for (const [gram, count] of b) if (!a.has(gram)) all += count;
  return all === 0 ? 0 : common / all;
}
