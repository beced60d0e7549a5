import { byCase, type CaseTrials } from '../../model/caseTrials.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunPlan } from '../../model/run.ts';
import type { GroupSummary, RunSummary } from '../../model/summary.ts';
import { EvaluatorTally } from './evaluatorTally.ts';
import { GroupTally } from './groupTally.ts';

/**
 * Figures of a run from its stored results, which must come in the store's order (target, case, trial).
 * One pass; holds the trials of one case at a time.
 */
export function summarize(plan: RunPlan, results: Iterable<TrialResult>): RunSummary {
  const total = new GroupTally();
  const tags = new Map<string, GroupTally>();
  const targets = new Map(plan.targets.map(({ name }) => [name, new TargetTally()]));
  const evaluators = new EvaluatorTally();
  const acrossTargets = plan.targets.length > 1;

  let stored = 0;
  for (const trials of byCase(results)) {
    stored += trials.length;
    total.addCase(trials, acrossTargets);
    for (const tag of trials[0].tags) tally(tags, tag).addCase(trials, acrossTargets);
    targets.get(trials[0].target)?.addCase(trials);
    for (const trial of trials) evaluators.add(trial);
  }

  return {
    total: total.summary(),
    targets: [...targets].map(([target, found]) => ({ target, ...found.summary() })),
    tags: byName(tags),
    stages: evaluators.stages(),
    evaluators: evaluators.evaluators(),
    cascade: evaluators.cascade(),
    missing: Math.max(0, plan.trials - stored),
  };
}

class TargetTally {
  readonly #total = new GroupTally();
  readonly #tags = new Map<string, GroupTally>();

  addCase(trials: CaseTrials): void {
    this.#total.addCase(trials);
    for (const tag of trials[0].tags) tally(this.#tags, tag).addCase(trials);
  }

  summary(): { summary: GroupSummary; tags: { tag: string; summary: GroupSummary }[] } {
    return { summary: this.#total.summary(), tags: byName(this.#tags) };
  }
}

function tally(groups: Map<string, GroupTally>, name: string): GroupTally {
  const found = groups.get(name) ?? new GroupTally();
  groups.set(name, found);
  return found;
}

function byName(groups: Map<string, GroupTally>): { tag: string; summary: GroupSummary }[] {
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, group]) => ({ tag, summary: group.summary() }));
}
