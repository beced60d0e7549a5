import type { ClusterSum } from './bootstrap.ts';
import { boundedShareInterval } from './boundedMean.ts';
import type { Interval } from './interval.ts';

/** One output as a judge sees it, and as a person does where there is a label. */
export interface JudgedOutput {
  /** Outputs that share a source, e.g. trials of one case, depend on each other. */
  cluster: string;
  /** Above 0. */
  weight: number;
  judge: boolean;
  label: boolean | undefined;
}

export interface CorrectedRate {
  mean: number;
  /** 95 %. */
  interval: Interval;
}

/**
 * Pass rate from many judged outputs of which a few, as good as chosen at random, are labelled by a person as well: with
 * the share p of outputs that the judge passes, p·P(pass | judge passes) + (1 − p)·P(pass | judge fails), post-stratified
 * by the judge. That is prediction-powered inference (Angelopoulos et al. 2023, Science 382, 669–674) with the best
 * tuning of a judge that says yes or no (PPI++, arXiv:2311.01453). Valid however bad the judge is.
 *
 * Normal theory fails where hardly any of few labels shows an error of the judge. So the three shares get exact intervals
 * over clusters, which are put together by recovered variances: Zou & Donner 2008, Stat. Med. 27, 1693–1702. The interval
 * of the labels alone stands where it is narrower. Null without labels.
 */
export function predictionPoweredRate(outputs: readonly JudgedOutput[]): CorrectedRate | null {
  const labelled = outputs.filter(({ label }) => label !== undefined);
  if (labelled.length === 0) return null;

  const alone = shareOf(labelled, ({ label }) => label === true);
  const judged = shareOf(outputs, ({ judge }) => judge);
  const passed = labelled.filter(({ judge }) => judge);
  const failed = labelled.filter(({ judge }) => !judge);
  const right = shareOf(passed, ({ label }) => label === true, 1);
  const wrong = shareOf(failed, ({ label }) => label === true, 0);
  const corrected = stratified(judged, right, wrong, overlap(passed, failed));

  return widthOf(corrected) < widthOf(alone) ? corrected : alone;
}

/**
 * p·a + (1 − p)·b, where p counts for as much as the two differ; `together` is the correlation of a and b, as far as it
 * may be.
 */
function stratified(p: CorrectedRate, a: CorrectedRate, b: CorrectedRate, together: number): CorrectedRate {
  const mean = p.mean * a.mean + (1 - p.mean) * b.mean;
  const difference = a.mean - b.mean;
  const [down, up] = [p.mean - p.interval.low, p.interval.high - p.mean];
  const [less, more] = difference < 0 ? [up, down] : [down, up];

  const combined = (first: number, second: number, third: number): number => {
    const [own, other] = [p.mean * first, (1 - p.mean) * second];
    return Math.sqrt(own ** 2 + other ** 2 + 2 * together * own * other + (difference * third) ** 2);
  };

  const below = combined(a.mean - a.interval.low, b.mean - b.interval.low, less);
  const above = combined(a.interval.high - a.mean, b.interval.high - b.mean, more);

  return { mean, interval: { low: Math.max(0, mean - below), high: Math.min(1, mean + above) } };
}

/** Share of clusters that both have, of all that they have: outputs of one cluster may err together. */
export function overlap(first: readonly JudgedOutput[], second: readonly JudgedOutput[]): number {
  const [own, other] = [first, second].map((outputs) => new Set(outputs.map(({ cluster }) => cluster)));
  if (!own?.size || !other?.size) return 0;
  return [...own].filter((cluster) => other.has(cluster)).length / Math.sqrt(own.size * other.size);
}

/** Share of the weight for which `holds`. Without outputs it may be anything, and is taken to be `otherwise`. */
export function shareOf(
  outputs: readonly JudgedOutput[],
  holds: (output: JudgedOutput) => boolean,
  otherwise = 0,
): CorrectedRate {
  if (outputs.length === 0) return { mean: otherwise, interval: { low: 0, high: 1 } };

  const clusters = new Map<string, ClusterSum>();
  let [held, weights] = [0, 0];
  for (const output of outputs) {
    const found = clusters.get(output.cluster) ?? { sum: 0, n: 0 };
    const own = holds(output) ? output.weight : 0;
    clusters.set(output.cluster, { sum: found.sum + own, n: found.n + output.weight });
    held += own;
    weights += output.weight;
  }

  return { mean: held / weights, interval: boundedShareInterval([...clusters.values()]) };
}

function widthOf({ interval }: CorrectedRate): number {
  return interval.high - interval.low;
}
