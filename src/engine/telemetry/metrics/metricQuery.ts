import { LEVELS, type Level, type LevelRetention } from '../../model/levelRetention.ts';
import { bucketStart, LEVEL_MS } from './levels.ts';
import type { Dimension, Measure } from './measures.ts';

export interface MetricQuery {
  measure: Measure;
  /** Milliseconds since the epoch; `toMs` is not part of it. Buckets that only reach into it are taken as a whole. */
  fromMs: number;
  toMs: number;
  /** Scores of runs are counted only where a suite is asked for, here or by `by`: they say nothing of live quality. */
  where: Partial<Record<Dimension, string>>;
  /** One series for each value of it; null for a single one. */
  by: Dimension | null;
  level: Level | 'auto';
  /** Neighbouring buckets are merged so that a series has no more points than this; at least 2, since a range may cross an edge. */
  mostPoints: number;
}

/**
 * What was measured in one bucket, in the measure's unit. A bucket without data is absent, never 0. Quantiles differ from the exact
 * ones by at most 1 %. For `errors`, `count` is the number of calls, `sum` that of errors, and `mean` the error rate.
 */
export interface MetricPoint {
  startMs: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  mean: number;
  p50: number;
  p95: number;
  p99: number;
}

export interface MetricSeries {
  /** The value of the dimension that was asked for; null where the spans do not say it, or none was asked for. */
  label: string | null;
  /** By their start. */
  points: MetricPoint[];
}

export interface MetricSeriesAnswer {
  level: Level;
  /** From one point to the next, in milliseconds: a multiple of the level's. */
  stepMs: number;
  /** Those with the most values first. */
  series: MetricSeries[];
}

export interface MetricStep {
  level: Level;
  stepMs: number;
}

/** Buckets that are merged into one point are steps that a person knows: minutes of an hour, hours of a day. */
const MULTIPLES: { readonly [level in Level]: readonly number[] } = {
  '1s': [1, 2, 5, 10, 15, 30],
  '1min': [1, 2, 5, 10, 15, 30],
  '1h': [1, 2, 3, 6, 12],
  '1d': [1, 2, 7, 14, 28, 91, 364],
};
/** More buckets than this are not read for one series: the next level has them summed up. */
const MOST_READ = 5_000;

/** The finest step that shows the range in so many points, from a level that still has its beginning. */
export function stepOf(query: MetricQuery, retention: LevelRetention, nowMs: number): MetricStep {
  const { fromMs, toMs, level, mostPoints } = query;
  const spanMs = Math.max(0, toMs - fromMs);
  const levels = level === 'auto' ? LEVELS.filter((one) => isUsable(one)) : [level];

  for (const one of levels) {
    const fitting = MULTIPLES[one].find((times) => points(LEVEL_MS[one] * times) <= mostPoints);
    if (fitting !== undefined) return { level: one, stepMs: LEVEL_MS[one] * fitting };
  }
  const last = levels.at(-1) ?? '1d';
  const times = Math.ceil(spanMs / (Math.max(1, mostPoints - 1) * LEVEL_MS[last]));
  return { level: last, stepMs: LEVEL_MS[last] * Math.max(1, times) };

  function isUsable(one: Level): boolean {
    if (one === '1d') return true;
    return spanMs / LEVEL_MS[one] <= MOST_READ && nowMs - fromMs <= retention[one];
  }

  function points(stepMs: number): number {
    return (bucketStart(toMs - 1, stepMs) - bucketStart(fromMs, stepMs)) / stepMs + 1;
  }
}

/** Buckets of one level from a start to an end that is not part of it, in milliseconds. */
export interface LevelRange {
  level: Level;
  fromMs: number;
  toMs: number;
}

/**
 * A range of time as few buckets: days within, and what remains at both ends by hours, minutes and seconds. An end that is older than a
 * level is kept is taken whole from the next one.
 */
export function coveringRanges(
  { fromMs, toMs }: Pick<MetricQuery, 'fromMs' | 'toMs'>,
  retention: LevelRetention,
  nowMs: number,
): LevelRange[] {
  if (!(fromMs < toMs)) return [];
  const isKept = (level: Level, timeMs: number): boolean => nowMs - timeMs <= retention[level];
  const first = LEVELS.find((level) => isKept(level, fromMs)) ?? '1d';
  // What remains at the end of one level begins where the bucket of the next level does.
  const last =
    LEVELS.find((level, at) => isKept(level, bucketStart(toMs, LEVEL_MS[LEVELS[at + 1] ?? '1d']))) ?? '1d';
  return ranges(bucketStart(fromMs, LEVEL_MS[first]), -bucketStart(-toMs, LEVEL_MS[last]), LEVELS.length - 1);
}

function ranges(fromMs: number, toMs: number, at: number): LevelRange[] {
  const level = LEVELS[at];
  if (level === undefined || fromMs >= toMs) return [];
  const stepMs = LEVEL_MS[level];
  const first = -bucketStart(-fromMs, stepMs);
  const last = bucketStart(toMs, stepMs);
  if (first >= last) return ranges(fromMs, toMs, at - 1);
  return [
    ...ranges(fromMs, first, at - 1),
    { level, fromMs: first, toMs: last },
    ...ranges(last, toMs, at - 1),
  ];
}
