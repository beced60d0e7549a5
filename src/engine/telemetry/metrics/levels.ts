import type { Level } from '../../model/levelRetention.ts';

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

/** Start of the bucket that a moment belongs to, in milliseconds since the epoch. */
export function bucketStart(timeMs: number, stepMs: number): number {
  return Math.floor(timeMs / stepMs) * stepMs;
}
