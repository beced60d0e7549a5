import { formatCost } from '../model/figures.ts';
import type { Reckoning, Reckonings } from '../store/tables/spendingLedger.ts';

/** How much may be spent, in US dollars; an absent limit does not limit. */
export interface SpendingLimits {
  /** By this run, over all its attempts. */
  perRun?: number | undefined;
  /** By all runs of the workspace on one day (UTC). */
  perDay?: number | undefined;
}

/** What the next call may cost. */
export interface NextCall {
  /** At most; null where nothing bounds it. */
  mostUsd: number | null;
  /** As much as the dearest so far; 0 where none is known. */
  likelyUsd: number;
}

export type Decision =
  | { granted: true }
  /** `wait`: calls under way may turn out cheaper. */
  | { granted: false; wait: true }
  | { granted: false; wait: false; reason: string };

/**
 * Whether a call may begin. It may while all calls under way and this one stay within the limits even if each costs its
 * most. Where that much is not left, calls go on one at a time as long as the likely cost of the next one fits: so a
 * limit is passed by less than one call, whatever runs beside it.
 */
export function decideCall(limits: SpendingLimits, reckonings: Reckonings, next: NextCall): Decision {
  const { perRun, perDay } = limits;
  const decisions = [
    ...(perRun === undefined ? [] : [decide(perRun, reckonings.run, next, RUN)]),
    ...(perDay === undefined ? [] : [decide(perDay, reckonings.day, next, DAY)]),
  ];
  const ended = decisions.find((decision) => !decision.granted && !decision.wait);
  return ended ?? decisions.find((decision) => !decision.granted) ?? { granted: true };
}

function decide(
  limit: number,
  { spentUsd, reservedUsd, underWay }: Reckoning,
  { mostUsd, likelyUsd }: NextCall,
  { span, since, remedy }: typeof RUN,
): Decision {
  const isReached = spentUsd >= limit - ROUNDING;
  const fits = mostUsd !== null && spentUsd + reservedUsd + mostUsd <= limit + ROUNDING;
  if (fits && !isReached) return { granted: true };
  if (underWay > 0) return { granted: false, wait: true };
  if (!isReached && spentUsd + likelyUsd <= limit + ROUNDING) return { granted: true };

  const reason = isReached
    ? `the limit of ${formatCost(limit)} ${span} is reached (${formatCost(spentUsd)} ${since}); ${remedy}`
    : `the next trial could exceed the limit of ${formatCost(limit)} ${span}; ${remedy}`;
  return { granted: false, wait: false, reason };
}

/** How each limit is spoken of, and what a person can do. */
const RUN = { span: 'for a run', since: 'spent', remedy: 'raise it to continue' };
const DAY = { span: 'for a day', since: 'spent today, UTC', remedy: 'raise it, or continue tomorrow' };

/** Sums of costs are not exact to the last bit. */
const ROUNDING = 1e-9;
