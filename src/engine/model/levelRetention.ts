/** A scale of the stored aggregates, from the finest to the coarsest. Days are UTC days: they have no daylight saving. */
export const LEVELS = ['1s', '1min', '1h', '1d'] as const;

export type Level = (typeof LEVELS)[number];

/** For how long the buckets of each level are kept, in milliseconds; infinite for good. */
export type LevelRetention = { readonly [level in Level]: number };

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const DEFAULT_LEVEL_RETENTION: LevelRetention = {
  '1s': 6 * HOUR_MS,
  '1min': 400 * DAY_MS,
  '1h': 5 * 366 * DAY_MS,
  '1d': Number.POSITIVE_INFINITY,
};
