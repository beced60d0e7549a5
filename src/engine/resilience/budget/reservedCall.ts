import type { PoolAmount } from './hourlyLedger.ts';
import type { MinuteUse } from './hourWindow.ts';

/** A call under way; `expiresAt` in milliseconds since the epoch. */
export interface ReservedCall extends PoolAmount {
  expiresAt: number;
}

/** What is reserved for a call that is granted: where nothing limits an amount, it need not be one. */
export function reservable({ tokens, costUsd }: PoolAmount): PoolAmount {
  return {
    tokens: isMeasurement(tokens) ? tokens : 0,
    costUsd: costUsd === null ? null : isMeasurement(costUsd) ? costUsd : 0,
  };
}

/** What a call is taken to have used: as measured, else as reserved. A measurement that cannot be is none. */
export function measured(
  reserved: PoolAmount,
  actual: { tokens: number | null; costUsd: number | null },
): PoolAmount {
  return {
    tokens: isMeasurement(actual.tokens) ? actual.tokens : reserved.tokens,
    costUsd: isMeasurement(actual.costUsd) ? actual.costUsd : reserved.costUsd,
  };
}

/** The minutes that a correction downwards changes: the oldest first, so that what is left leaves no earlier than it should. */
export function reducedMinutes(
  minutes: readonly MinuteUse[],
  change: { tokens?: number; costUsd?: number },
): MinuteUse[] {
  let tokens = Math.max(0, -(change.tokens ?? 0));
  let costUsd = Math.max(0, -(change.costUsd ?? 0));
  const reduced: MinuteUse[] = [];
  for (const minute of [...minutes].sort((one, other) => one.minute - other.minute)) {
    if (tokens === 0 && costUsd === 0) break;
    const lessTokens = Math.min(tokens, minute.tokens);
    const lessUsd = Math.min(costUsd, minute.costUsd);
    tokens -= lessTokens;
    costUsd -= lessUsd;
    reduced.push({
      minute: minute.minute,
      tokens: minute.tokens - lessTokens,
      costUsd: minute.costUsd - lessUsd,
    });
  }
  return reduced;
}

function isMeasurement(value: number | null): value is number {
  return value !== null && Number.isFinite(value) && value >= 0;
}
