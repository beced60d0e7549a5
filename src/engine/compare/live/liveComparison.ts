import type { CaseComparison, Comparison } from '../../model/comparison.ts';
import { counted as countedText } from '../../model/figures.ts';
import type { LiveOrigin, RunRecord } from '../../model/run.ts';
import type { RunStore } from '../../store/runStore.ts';
import { compareStored } from '../compareStored.ts';
import { compareCase } from '../pairs/pairCases.ts';
import { caseHalf } from '../sides/caseHalf.ts';
import { PairOrder } from './pairOrder.ts';

/** Of a case that both sides asked the very same thing for; in its metadata. */
export const SAME = 'same_target';

/** A stored comparison of live pairs; undefined for any other run. */
export function liveOriginOf({ plan }: Pick<RunRecord, 'plan'>): LiveOrigin | undefined {
  return plan.comparison && plan.origin?.live;
}

/**
 * The comparison of live pairs as it was when it ended, or as it is so far. Undefined where the run is none. `counted`: as many
 * clusters are looked at, where its verdict is not stored yet. Throws ResumeError where there is no such run.
 */
export function liveComparison(store: RunStore, runId: string, counted?: number): Comparison | undefined {
  const run = store.getRun(runId);
  const { plan } = run;
  const live = liveOriginOf(run);
  const candidate = plan.targets.find(({ name }) => name !== live?.baseline)?.name;
  if (!live || !plan.comparison || candidate === undefined) return undefined;

  const kept = keptVerdict(store, runId);
  const clusters = kept?.clusters ?? counted;
  const { caseIds, late, same } = countedCases(store, runId, candidate, clusters);
  const comparison = compareStored(store, {
    baseline: { label: plan.comparison.baseline, runId, targets: [live.baseline] },
    candidate: { label: plan.comparison.candidate, runId, targets: [candidate] },
    pairs: [{ baseline: live.baseline, candidate }],
    gate: null,
    margin: live.margin,
    same: live.same || same,
    sequential: {
      caseIds,
      progress: {
        pairs: caseIds.length,
        planned: plan.trials / 2,
        stopped: clusters !== undefined,
        savedCostUsd: null,
      },
      open: true,
    },
    notes: [
      `Live pairs: answers to requests that clients sent to the route ${live.route}, beside those of a shadow to copies of them.`,
      ...lateNotes(late),
    ],
  });

  return kept?.void === undefined ? comparison : voided(comparison, kept.void);
}

/** All pairs that are stored on both sides, whether they count or not, in the order of their requests. Empty where the run is none. */
export function storedPairs(store: RunStore, runId: string): CaseComparison[] {
  const baseline = liveOriginOf(store.getRun(runId))?.baseline;
  if (baseline === undefined) return [];
  const positions = [...store.caseIndexes(runId)].map(([, index]) => index).sort((a, b) => a - b);
  return positions.flatMap((position) => storedPair(store, runId, position, baseline) ?? []);
}

/** Undefined where a side is not there. */
export function storedPair(
  store: RunStore,
  runId: string,
  position: number,
  baseline: string,
): CaseComparison | undefined {
  const results = store.resultsAt(runId, position);
  const before = results.find(({ target }) => target === baseline);
  const after = results.find(({ target }) => target !== baseline);
  return before && after && compareCase(caseHalf([before]), caseHalf([after]));
}

/** What is kept of a comparison about which nothing may be concluded. */
export function voidReason(why: string): string {
  return `Void: ${why}.`;
}

function keptVerdict(store: RunStore, runId: string) {
  const verdict = store.verdicts.of(runId);
  return verdict && 'comparison' in verdict ? verdict.comparison : undefined;
}

function voided(comparison: Comparison, why: string): Comparison {
  return {
    ...comparison,
    verdict: {
      word: 'undecided',
      reason: voidReason(why),
      evidence: [],
      regressions: { shown: [], possible: [] },
    },
  };
}

function lateNotes(late: number): string[] {
  if (late === 0) return [];
  return [
    `${countedText(late, 'pair does', 'pairs do')} not count: the session had counted already, and what follows in it depends on it.`,
  ];
}

/** Those of the first so many clusters; all where it is undefined. */
function countedCases(
  store: RunStore,
  runId: string,
  candidate: string,
  clusters = Number.POSITIVE_INFINITY,
): { caseIds: string[]; late: number; same: boolean } {
  const groups: { caseId: string; position: number }[][] = [];
  const order = new PairOrder<{ caseId: string; position: number }>((pairs) => groups.push([...pairs]));
  for (const { target, caseId, caseIndex, cluster } of store.results(runId))
    if (target === candidate)
      order.add({ position: caseIndex, cluster, pair: { caseId, position: caseIndex } });
  order.end();

  const cases = groups.slice(0, clusters).flat();
  const isSame = ({ position }: { position: number }) =>
    store.caseAt(runId, position)?.case.metadata?.[SAME] === true;
  return {
    caseIds: cases.map(({ caseId }) => caseId),
    late: order.late,
    same: cases.every(isSame),
  };
}
