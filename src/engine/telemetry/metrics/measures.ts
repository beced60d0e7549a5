/** What is measured of live spans and of runs. */
export const MEASURES = [
  'calls',
  'errors',
  'durationMs',
  'firstTokenMs',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'score',
] as const;

export type Measure = (typeof MEASURES)[number];

/** What aggregates are filtered and split by. */
export const DIMENSIONS = ['service', 'model', 'operation', 'release', 'suite', 'evaluator'] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** Names one series; a dimension that does not apply, or is unknown, is absent. */
export type MetricLabels = { readonly [dimension in Dimension]?: string | undefined };

/** Calls are counted by what every span has: whether it failed. */
export type StoredMeasure = Exclude<Measure, 'calls'>;

interface MeasureRules {
  /** In the store; never changes. */
  id: number;
  /** Values are stored as whole multiples of `1 / scale`, so that sums do not depend on the order of their terms. */
  scale: number;
  /** In the measure's unit; more is a mistake, and would spoil every sum that it goes into. */
  most: number;
}

const YEAR_MS = 366 * 24 * 3_600_000;

export const MEASURE_RULES: { readonly [measure in StoredMeasure]: MeasureRules } = {
  /** 1 for a span with an error, else 0: the mean is the error rate. */
  errors: { id: 1, scale: 1, most: 1 },
  /** In microseconds. */
  durationMs: { id: 2, scale: 1_000, most: YEAR_MS },
  firstTokenMs: { id: 3, scale: 1_000, most: YEAR_MS },
  inputTokens: { id: 4, scale: 1, most: 1e12 },
  outputTokens: { id: 5, scale: 1, most: 1e12 },
  /** In billionths of a dollar. */
  costUsd: { id: 6, scale: 1e9, most: 1e6 },
  score: { id: 7, scale: 1e9, most: 1 },
};

export type RefusedValue = 'not a number' | 'negative' | 'too large';

/** A value as it is stored, or why it is not. */
export function storedValue(measure: StoredMeasure, value: number): number | RefusedValue {
  const { scale, most } = MEASURE_RULES[measure];
  if (!Number.isFinite(value)) return 'not a number';
  if (value < 0) return 'negative';
  if (value > most) return 'too large';
  return Math.round(value * scale);
}
