import * as z from 'zod/mini';

/** Metrics as charts show them; see engine/telemetry/metrics for what each is. A page checks them with the small zod. */

export const measures = [
  'calls',
  'errors',
  'durationMs',
  'firstTokenMs',
  'inputTokens',
  'outputTokens',
  'costUsd',
  'score',
] as const;
export const measure = z.enum(measures);
export type Measure = z.output<typeof measure>;

export const dimensions = ['service', 'model', 'operation', 'release', 'suite', 'evaluator'] as const;
export const dimension = z.enum(dimensions);
export type Dimension = z.output<typeof dimension>;

/** Values that must hold, by dimension. */
export const metricWhere = z.partialRecord(dimension, z.string());
export type MetricWhere = z.output<typeof metricWhere>;

/** One bucket, in the unit of its measure. A bucket without data is absent, never 0. */
export const metricPoint = z.object({
  startMs: z.number(),
  count: z.number(),
  sum: z.number(),
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  p50: z.number(),
  p95: z.number(),
  p99: z.number(),
});
export type MetricPoint = z.output<typeof metricPoint>;

/** Of one value of the dimension that is grouped by; null: of all, or of what has no such value. */
export const metricSeries = z.object({ label: z.nullable(z.string()), points: z.array(metricPoint) });
export type MetricSeries = z.output<typeof metricSeries>;

/** A measure over a range: by buckets, and in one point over all of it. */
export const measured = z.object({
  measure,
  series: z.array(metricSeries),
  /** Of each label over the range. */
  totals: z.array(metricSeries),
  /** Of all together over the range; null: nothing was measured. */
  overall: z.nullable(metricPoint),
});
export type Measured = z.output<typeof measured>;

/** How many calls there were of each operation, such as `agent` or `model`. */
export const callKinds = z.array(z.object({ operation: z.nullable(z.string()), count: z.number() }));
export type CallKinds = z.output<typeof callKinds>;

/** Something that happened at a moment, beside what was measured. */
export const metricMark = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('run'),
    timeMs: z.number(),
    runId: z.string(),
    suite: z.string(),
    /** Null: not complete, or without a verdict. */
    passed: z.nullable(z.boolean()),
  }),
  z.object({
    kind: z.literal('alert'),
    timeMs: z.number(),
    alert: z.string(),
    /** `withdrawn`: its rule was changed or taken away while it fired. */
    state: z.enum(['firing', 'resolved', 'withdrawn']),
    /** What it was measured at, in words; empty where nothing was measured. */
    text: z.string(),
  }),
]);
export type MetricMark = z.output<typeof metricMark>;
