import * as z from 'zod';
import { callKinds, dimension, measure, measured, metricMark, metricWhere } from './metricEntries.ts';

/** Half-open, in milliseconds since the epoch. */
const range = { fromMs: z.number(), toMs: z.number() };

/**
 * What was measured of live spans and of runs, read while the services process writes it. A workspace without any reads as empty.
 * Nothing of it needs trust: it only looks.
 */
export const metricCalls = {
  /** Each of the measures by buckets and over the whole range. */
  'metrics/series': {
    params: z.strictObject({
      ...range,
      measures: z.array(measure).min(1),
      where: metricWhere,
      by: z.nullable(dimension),
      /** The finest level of aggregation that gives at most so many buckets is taken. */
      mostPoints: z.int().min(2).max(2_000),
    }),
    result: z.object({
      stepMs: z.number(),
      measured: z.array(measured),
      /** Calls by what they are, the most first; empty where they are not asked for, or of one kind anyway. */
      kinds: callKinds,
    }),
  },
  /** What there is to group and filter by. */
  'metrics/values': {
    params: z.strictObject({}),
    result: z.object({ values: z.partialRecord(dimension, z.array(z.string())) }),
  },
  /** Runs that finished and alerts that changed, the earliest first; the latest where there are more than `limit`. */
  'metrics/marks': {
    params: z.strictObject({ ...range, limit: z.int().min(1).max(1_000) }),
    result: z.object({ marks: z.array(metricMark) }),
  },
  /** Whether this window wants to hear of changes. */
  'metrics/watch': { params: z.strictObject({ on: z.boolean() }), result: z.object({}) },
};

/** There are new measurements; at most once a second. */
export const metricChanges = z.object({});
