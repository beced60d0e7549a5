import type { Counted } from '../../statistics/exponentialSum.ts';
import type { Sample } from '../evidence/sample.ts';

/** Values are rounded to so many parts, so that a look stays short; halves, thirds, quarters, fifths and tenths stay what they are. */
const PARTS = 60;

/** The mean of each session, which counts once however long it is; a sample without one is one of its own. Equal means stand together. */
export function clusterValues(
  samples: readonly Sample[],
  figureOf: (sample: Sample) => number | null,
): Counted[] {
  const clusters = new Map<string, { sum: number; n: number }>();
  const counts = new Map<number, number>();
  const count = (value: number) => {
    const rounded = Math.round(value * PARTS) / PARTS;
    counts.set(rounded, (counts.get(rounded) ?? 0) + 1);
  };

  for (const sample of samples) {
    const value = figureOf(sample);
    if (value === null) continue;
    if (sample.cluster === null) {
      count(value);
      continue;
    }
    const cluster = clusters.get(sample.cluster) ?? { sum: 0, n: 0 };
    clusters.set(sample.cluster, { sum: cluster.sum + value, n: cluster.n + 1 });
  }

  for (const { sum, n } of clusters.values()) count(sum / n);
  return [...counts].map(([value, times]) => ({ value, count: times }));
}

export function sizeOf(values: readonly Counted[]): number {
  return values.reduce((sum, { count }) => sum + count, 0);
}

/** Null without values. */
export function meanOf(values: readonly Counted[]): number | null {
  const n = sizeOf(values);
  return n === 0 ? null : values.reduce((sum, { value, count }) => sum + value * count, 0) / n;
}
