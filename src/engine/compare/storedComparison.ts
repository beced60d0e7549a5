import { UsageError } from '../errors.ts';
import type { RunPlan } from '../model/run.ts';
import type { RunStore } from '../store/runStore.ts';
import type { StoredRuns } from './comparisonRequest.ts';
import { type PreparedComparison, pairTargets } from './preparedComparison.ts';

/** A comparison of two stored runs, in which nothing is run. Throws UsageError where they have no target in common. */
export function storedComparison(store: RunStore, { before, after }: StoredRuns): PreparedComparison {
  const [baseline, candidate] = [store.getRun(before).plan, store.getRun(after).plan];
  const paired = pairTargets(baseline.targets, candidate.targets);
  if (paired.length === 0) {
    const names = (plan: RunPlan) => plan.targets.map(({ name }) => name).join(', ');
    throw new UsageError('the two runs have no target in common', {
      remedy: `Run ${before} has ${names(baseline)}; run ${after} has ${names(candidate)}.`,
    });
  }

  const pairs = paired.map(([first, second]) => ({ baseline: first.name, candidate: second.name }));
  return {
    suite: candidate.suite,
    baseline: { label: `run ${before}`, storedRun: before, targets: pairs.map((pair) => pair.baseline) },
    candidate: { label: `run ${after}`, storedRun: after, targets: pairs.map((pair) => pair.candidate) },
    pairs,
    same: before === after,
    run: null,
    outlook: null,
    hashed: new Set(),
    evaluatorsReadFiles: false,
    reusable: [],
    notes: [],
  };
}
