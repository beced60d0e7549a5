import type { BudgetLedger, PoolAmount, PoolUse } from './hourlyLedger.ts';
import { firstMinute, type MinuteUse, minuteOf, refusalOf } from './hourWindow.ts';
import { measured, type ReservedCall, reducedMinutes, reservable } from './reservedCall.ts';

/** A ledger of one process, which ends with it. */
export function memoryLedger(): BudgetLedger {
  const pools = new Map<string, Map<number, MinuteUse>>();
  const reservations = new Map<number, ReservedCall & { pool: string }>();
  let issued = 0;

  const minutesOf = (name: string): Map<number, MinuteUse> => {
    const minutes = pools.get(name) ?? new Map();
    pools.set(name, minutes);
    return minutes;
  };

  const spend = (pool: string, { tokens, costUsd }: PoolAmount, at: number) => {
    const minutes = minutesOf(pool);
    const minute = minuteOf(at);
    const before = minutes.get(minute) ?? { minute, tokens: 0, costUsd: 0 };
    minutes.set(minute, { minute, tokens: before.tokens + tokens, costUsd: before.costUsd + (costUsd ?? 0) });
  };

  /** Brings a pool to `now`: what is over leaves, what must have ended is spent, and nothing lies in the future. */
  const bring = (pool: string, now: number) => {
    const minutes = minutesOf(pool);
    for (const [id, reserved] of reservations) {
      if (reserved.pool !== pool || reserved.expiresAt > now) continue;
      reservations.delete(id);
      spend(pool, reserved, reserved.expiresAt);
    }

    for (const [minute, use] of minutes) {
      if (minute < firstMinute(now)) minutes.delete(minute);
      if (minute <= minuteOf(now) + 1) continue;
      minutes.delete(minute);
      spend(pool, use, now);
    }
  };

  const use = (pool: string): PoolUse => {
    const total = { tokens: { used: 0, reserved: 0 }, costUsd: { used: 0, reserved: 0 } };
    for (const { tokens, costUsd } of minutesOf(pool).values()) {
      total.tokens.used += tokens;
      total.costUsd.used += costUsd;
    }
    for (const reserved of reservations.values()) {
      if (reserved.pool !== pool) continue;
      total.tokens.reserved += reserved.tokens;
      total.costUsd.reserved += reserved.costUsd ?? 0;
    }
    return total;
  };

  return {
    reserve: (pool, amount, limits, now, expiresAt) => {
      bring(pool, now);
      const refusal = refusalOf(amount, limits, use(pool), () => [...minutesOf(pool).values()], now);
      if (refusal) return { granted: false, refusal };

      issued += 1;
      reservations.set(issued, { pool, expiresAt, ...reservable(amount) });
      return { granted: true, reservation: { id: issued, expiresAt } };
    },

    settle: ({ id }, actual, now) => {
      const reserved = reservations.get(id);
      if (!reserved) return;
      bring(reserved.pool, now);
      if (reservations.delete(id)) spend(reserved.pool, measured(reserved, actual), now);
    },

    correct: (pool, change, now) => {
      bring(pool, now);
      const minutes = minutesOf(pool);
      for (const minute of reducedMinutes([...minutes.values()], change)) minutes.set(minute.minute, minute);
      spend(
        pool,
        { tokens: Math.max(0, change.tokens ?? 0), costUsd: Math.max(0, change.costUsd ?? 0) },
        now,
      );
    },

    used: (pool, now) => {
      bring(pool, now);
      return use(pool);
    },
  };
}
