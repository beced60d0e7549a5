import type { TapeCall } from './tape.ts';
import type { BucketSize } from './tokenBucket.ts';

/** What the provider allows; null where the tape shows no limit. */
export interface AssumedLimits {
  requests: BucketSize | null;
  tokens: BucketSize | null;
}

/** Less says nothing about a rate, in milliseconds. */
const SHORTEST_MS = 1000;

/**
 * The bucket of requests that explains a tape: its rate is that of the requests that were let in between refusals, its size the
 * smallest that lets in what was let in. Without a 429, nothing is known of limits. Requests or tokens would do to explain the
 * tape; a person names the one that holds.
 */
export function assumedLimits(calls: readonly TapeCall[]): AssumedLimits {
  const attempts = calls.flatMap((call) => call.attempts).sort((a, b) => a.atMs - b.atMs);
  const refusals = attempts.filter(({ outcome }) => outcome === 429).map(({ atMs }) => atMs);
  if (refusals.length === 0) return { requests: null, tokens: null };

  const admitted = attempts.filter(({ outcome }) => outcome !== 429).map(({ atMs }) => atMs);
  const perMs = rateOf(admitted, refusals);
  return { requests: { capacity: sizeOf(admitted, perMs), perMs }, tokens: null };
}

/**
 * A bucket is empty at each refusal, so what is let in between two of them is what came back. Where little was asked for meanwhile,
 * that is too little: the highest of such rates is nearest.
 */
function rateOf(admitted: readonly number[], refusals: readonly number[]): number {
  const first = refusals[0] ?? 0;
  const last = admitted.at(-1) ?? first;
  const rates = [...refusals.filter((at) => at >= first + SHORTEST_MS), last]
    .filter((to) => to - first >= SHORTEST_MS)
    .map((to) => countWithin(admitted, first, to) / (to - first));
  const rate = Math.max(0, ...rates);
  // Too little to tell a rate by: what was let in at first is then taken to be a minute's allowance.
  return rate > 0 ? rate : Math.max(1, countWithin(admitted, Number.NEGATIVE_INFINITY, first)) / 60_000;
}

function countWithin(sorted: readonly number[], from: number, to: number): number {
  return below(sorted, to) - below(sorted, from);
}

/** How many are at `limit` or before it. */
function below(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most that was let in beyond what came back meanwhile. */
function sizeOf(admitted: readonly number[], perMs: number): number {
  let [level, size, at] = [0, 1, admitted[0] ?? 0];
  for (const time of admitted) {
    level = Math.max(0, level - (time - at) * perMs) + 1;
    size = Math.max(size, level);
    at = time;
  }
  return size;
}
