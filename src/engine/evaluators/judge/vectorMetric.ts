/** How close two vectors of the same length are. */
export interface Metric {
  name: string;
  /** For hovers. */
  summary: string;
  /** What is measured, for reasons. */
  noun: string;
  /** What the threshold is, for reasons. */
  limit: string;
  /** NaN where it is not defined. */
  measure(a: readonly number[], b: readonly number[]): number;
  isClose(measured: number, threshold: number): boolean;
  /** 1 is the same; what lies outside 0–1 is cut. */
  score(measured: number): number;
}

/** Rounding of sums over some thousand dimensions. */
const ROUNDING = 1e-9;

export const METRICS: { readonly [name in 'cosine' | 'dot' | 'euclidean']: Metric } = {
  cosine: {
    name: 'cosine',
    summary: 'the cosine of the angle between them, from -1 to 1',
    noun: 'cosine similarity',
    limit: 'threshold',
    measure: (a, b) => dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b))),
    isClose: (measured, threshold) => measured >= threshold - ROUNDING,
    score: (measured) => measured,
  },
  dot: {
    name: 'dot',
    summary: 'their dot product, which equals the cosine if the vectors have length 1',
    noun: 'dot product',
    limit: 'threshold',
    measure: dot,
    isClose: (measured, threshold) => measured >= threshold - ROUNDING,
    score: (measured) => measured,
  },
  euclidean: {
    name: 'euclidean',
    summary: 'their distance, which must not exceed the threshold; the score is 1 / (1 + distance)',
    noun: 'distance',
    limit: 'largest allowed',
    measure: (a, b) => Math.hypot(...a.map((value, index) => value - (b[index] ?? 0))),
    isClose: (measured, threshold) => measured <= threshold + ROUNDING,
    score: (measured) => 1 / (1 + measured),
  },
};

/** How close two embeddings are, or why that is not known. */
export function compareVectors(
  metric: Metric,
  a: readonly number[],
  b: readonly number[],
): { measured: number } | { problem: string } {
  if (a.length !== b.length) return { problem: `the embeddings have ${a.length} and ${b.length} dimensions` };
  const measured = metric.measure(a, b);
  return Number.isFinite(measured)
    ? { measured }
    : { problem: 'the embeddings cannot be compared: one of them is zero or too large' };
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}
