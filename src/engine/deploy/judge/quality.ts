import type { Sample } from '../evidence/sample.ts';

export type QualityMetric = 'pass' | 'score';

/** What could not be measured may have been anything: it is taken for the best, or for the worst. */
export type Filling = 'best' | 'worst';

/** 0 to 1; null for what is not to be evaluated. An answer that never came has not passed. */
export function qualityOf(sample: Sample, metric: QualityMetric, filling: Filling): number | null {
  const { quality, isError } = sample;
  if (quality === undefined) return null;
  if (isError && metric === 'pass') return 0;
  if (quality === null || !isScore(quality.score)) return filling === 'best' ? 1 : 0;
  return metric === 'pass' ? Number(quality.passed) : quality.score;
}

export function isMeasured({ quality }: Sample): boolean {
  return quality !== undefined && quality !== null && isScore(quality.score);
}

function isScore(score: number): boolean {
  return score >= 0 && score <= 1;
}
