import type { BudgetRefusal, PoolAmount, PoolLimits, PoolUse } from './hourlyLedger.ts';

/** What was used in one minute; `minute` counts from the epoch. */
export interface MinuteUse {
  minute: number;
  tokens: number;
  costUsd: number;
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** Sums of costs are not exact to the last bit. */
const ROUNDING_USD = 1e-9;

export function minuteOf(now: number): number {
  return Math.floor(now / MINUTE_MS);
}

/** The first minute that still counts: each counts until an hour after its end, so that no call leaves early. */
export function firstMinute(now: number): number {
  return minuteOf(now - HOUR_MS);
}

/** Whether `amount` fits beside what is used and reserved, and why not. `minutes`: what `use.used` is made of, in any order. */
export function refusalOf(
  amount: PoolAmount,
  limits: PoolLimits,
  use: PoolUse,
  minutes: () => readonly MinuteUse[],
  now: number,
): BudgetRefusal | undefined {
  const { tokensPerHour, costPerHourUsd } = limits;
  if (costPerHourUsd !== undefined && amount.costUsd === null) return { kind: 'unpriced' };

  const measures: Measure[] = [];
  if (tokensPerHour !== undefined)
    measures.push({ limit: 'tokensPerHour', most: tokensPerHour, amount: amount.tokens, of: 'tokens' });
  if (costPerHourUsd !== undefined)
    measures.push({
      limit: 'costPerHourUsd',
      most: costPerHourUsd + ROUNDING_USD,
      amount: amount.costUsd ?? 0,
      of: 'costUsd',
    });

  const refusals = measures.flatMap((measure) => refusalBy(measure, use, minutes, now) ?? []);
  return refusals.reduce<BudgetRefusal | undefined>(harder, undefined);
}

interface Measure {
  limit: keyof PoolLimits;
  most: number;
  amount: number;
  of: 'tokens' | 'costUsd';
}

function refusalBy(
  { limit, most, amount, of }: Measure,
  use: PoolUse,
  minutes: () => readonly MinuteUse[],
  now: number,
): BudgetRefusal | undefined {
  const { used, reserved } = use[of];
  // A call that costs nothing spends nothing; one that uses no tokens is not known to.
  if (amount === 0 && of === 'costUsd') return undefined;
  const least = Math.max(amount, Number.MIN_VALUE);
  if (least > most) return { kind: 'too large', limit };
  if (fits(used + reserved, least, most)) return undefined;

  return { kind: 'spent', limit, until: freeFrom(), mayFit: fits(used, least, most) };

  /** What is reserved is taken to be used now. */
  function freeFrom(): number {
    const leaving = [...minutes(), { minute: minuteOf(now), tokens: reserved, costUsd: reserved }];
    leaving.sort((one, other) => one.minute - other.minute);

    let left = used + reserved;
    let until = now;
    for (const minute of leaving) {
      if (fits(left, least, most)) break;
      left -= minute[of];
      until = (minute.minute + 1) * MINUTE_MS + HOUR_MS;
    }
    return until;
  }
}

function fits(held: number, amount: number, most: number): boolean {
  return held < most && held + amount <= most;
}

/** A call must fit by every limit. */
function harder(one: BudgetRefusal | undefined, other: BudgetRefusal): BudgetRefusal {
  if (one?.kind !== 'spent' || other.kind !== 'spent') return one && one.kind !== 'spent' ? one : other;
  const later = one.until >= other.until ? one : other;
  return { ...later, mayFit: one.mayFit && other.mayFit };
}
