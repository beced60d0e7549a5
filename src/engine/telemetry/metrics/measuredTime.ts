import { LEVELS, type Level, type LevelRetention } from '../../model/levelRetention.ts';

/** How far a sender's clock may be ahead of ours, in milliseconds. */
const TOLERANCE_MS = 5 * 60_000;
/** No agent was traced before; whoever says so has no clock. */
const EARLIEST_MS = Date.UTC(2000);

/** Why something that is said to have happened at `timeMs` cannot be measured, where it arrived at `arrivedMs`; null where it can. */
export function wrongTime(timeMs: number, arrivedMs: number): string | null {
  if (!Number.isFinite(timeMs)) return 'time: not a number';
  if (timeMs < EARLIEST_MS) return 'time: before the year 2000';
  return timeMs > arrivedMs + TOLERANCE_MS ? 'time: ahead of the arrival' : null;
}

/** What is too old for a level when it arrives is not put there, since it would be removed at once. */
export function finestLevel(ageMs: number, retention: LevelRetention): Level {
  return LEVELS.find((level) => ageMs <= retention[level]) ?? '1d';
}
