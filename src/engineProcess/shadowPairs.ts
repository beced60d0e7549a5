import { promotedPairs } from '../engine/gateway/pairs/promotedPairs.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { ShadowPairs } from '../protocol/gatewayCalls.ts';
import { type CaseDraft, type CaseLeak, caseDraft } from '../protocol/traceCalls.ts';

/** The cases that pairs of a shadow make, and each secret or personal value in them once. Throws UserErrors. */
export function shadowPairs(
  store: RunStore,
  { runId, only, answers }: ShadowPairs,
): { cases: { case: CaseDraft; findings: CaseLeak[] }[]; notKept: number } {
  const choice = only === 'all' ? { answers } : { answers, only };
  const { proposals, notKept } = promotedPairs(store, runId, choice);
  const cases = proposals.map(({ whole: { id: _, ...draft }, sensitive }) => {
    const found = sensitive.map(({ kind, value }) => ({ kind, value }));
    return {
      case: caseDraft.parse(draft),
      findings: [...new Map(found.map((leak) => [`${leak.kind} ${leak.value}`, leak])).values()],
    };
  });
  return { cases, notKept };
}
