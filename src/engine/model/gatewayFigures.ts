import { formatDuration } from './figures.ts';

/** What an arm of a route did since its weights were set. */
interface ArmCounts {
  weight: number;
  requests: number;
  failed: number;
}

/** Shares of a route's requests, 0 to 1: those that its weights ask for, and those observed; null where there is nothing to divide. */
export function sharesOf(
  { weight, requests }: ArmCounts,
  arms: readonly ArmCounts[],
): { wanted: number | null; observed: number | null } {
  const weights = arms.reduce((sum, arm) => sum + arm.weight, 0);
  const all = arms.reduce((sum, arm) => sum + arm.requests, 0);
  return { wanted: weights > 0 ? weight / weights : null, observed: all > 0 ? requests / all : null };
}

/** Share of an arm's requests that failed; null where none came. */
export function errorRate({ requests, failed }: ArmCounts): number | null {
  return requests > 0 ? failed / requests : null;
}

/** `–` where nothing was measured. */
export function formatLatency(ms: number | null): string {
  return ms === null ? '–' : formatDuration(ms);
}

const DROP_WORDS: { readonly [reason: string]: string } = {
  interference: 'in slices without copies',
  'queue-full': 'queue full',
  'too-long': 'too long',
  unsafe: 'not safe to mirror',
  unsuccessful: 'without an answer to the client',
  'nothing-to-judge': 'nothing to judge',
  'mid-loop': 'begun before',
  'loop-unfinished': 'not finished by the application',
  'loop-interrupted': 'interrupted by another request',
  'loop-limit': 'too many rounds of tools',
  unreadable: 'not readable',
  'time-limit': 'took too long',
  bulkhead: 'no place in the bulkhead',
  budget: 'budget used up',
  refused: 'refused by the gateway',
  stopped: 'shadow stopped',
  'sink-full': 'evaluation busy',
  breaker: 'circuit open',
};

/** Why copies were not made or not evaluated, in words. */
export function dropWord(reason: string): string {
  return DROP_WORDS[reason] ?? reason;
}
