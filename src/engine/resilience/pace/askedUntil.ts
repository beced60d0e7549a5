import type { Decision } from '../decision.ts';
import type { Allowance, Remainder } from '../policy.ts';

/**
 * When the provider wants to be asked again, on the monotonic clock in milliseconds; undefined where it did not say. `Retry-After` is
 * its word. Without it, whatever is used up says when it resets, and the latest of these counts. `tokens` is what the call
 * needs: where the provider refused it and has fewer left, they are used up for it.
 */
export function askedUntil(
  { decision, allowance }: { decision: Decision; allowance?: Allowance | undefined },
  tokens = 1,
): number | undefined {
  const refused = decision.kind === 'rate-limited';
  if ((refused || decision.kind === 'overloaded') && decision.until !== undefined) return decision.until;
  if (!allowance) return undefined;

  const { requests, tokens: left } = allowance;
  const resets = [
    usedUpUntil(requests, 1, refused),
    usedUpUntil(left, refused ? Math.min(tokens, left?.limit ?? tokens) : 1, refused),
  ].filter((until) => until !== undefined);
  return resets.length > 0 ? Math.max(...resets) : undefined;
}

function usedUpUntil(limit: Remainder | undefined, needed: number, refused: boolean): number | undefined {
  if (!limit) return undefined;
  // A refusal that names a reset and nothing left to it, as Azure's does, means that limit.
  const isUsedUp = limit.remaining === undefined ? refused : limit.remaining < needed;
  return isUsedUp ? limit.resetAt : undefined;
}
