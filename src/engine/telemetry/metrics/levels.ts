/** A scale of the stored aggregates, from the finest to the coarsest. Days are UTC days: they have no daylight saving. */
export const LEVELS = ['1s', '1min', '1h', '1d'] as const;

export type Level = (typeof LEVELS)[number];

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Length of a bucket in milliseconds. Each is a multiple of the one before. */
export const LEVEL_MS: { readonly [level in Level]: number } = {
  '1s': SECOND_MS,
  '1min': MINUTE_MS,
  '1h': HOUR_MS,
  '1d': DAY_MS,
};

/** For how long the buckets of each level are kept, in milliseconds. */
export type LevelRetention = { readonly [level in Level]: number };

export const DEFAULT_LEVEL_RETENTION: LevelRetention = {
  '1s': 6 * HOUR_MS,
  '1min': 400 * DAY_MS,
  '1h': 5 * 366 * DAY_MS,
  '1d': Number.POSITIVE_INFINITY,
};

/** Start of the bucket that a moment belongs to, in milliseconds since the epoch. */
export function bucketStart(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}
