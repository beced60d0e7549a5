import { SourceTally } from '../../model/answerSources.ts';
import { byCase, type CaseTrials } from '../../model/caseTrials.ts';
import { defined } from '../../model/defined.ts';
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
  const targets = new Map(plan.targets.map(({ name }) => [name, new TaggedTally()]));
  const [first] = targets.values();
  // One target is the whole: its figures need not be worked out twice.
  const whole = first && targets.size === 1 ? first : new TaggedTally({ acrossTargets: true });
  const evaluators = new EvaluatorTally();
  const sources = new SourceTally();

  let stored = 0;
  for (const trials of byCase(results)) {
    stored += trials.length;
    whole.addCase(trials);
    const target = targets.get(trials[0].target);
    if (target !== whole) target?.addCase(trials);
    for (const trial of trials) {
      evaluators.add(trial);
      sources.add(trial);
    }
  }

  const total = whole.summary();
  return {
    total: total.summary,
    targets: [...targets].map(([target, found]) => ({
      target,
      ...(found === whole ? total : found.summary()),
    })),
    tags: total.tags,
    stages: evaluators.stages(),
    evaluators: evaluators.evaluators(),
    cascade: evaluators.cascade(),
    ...defined({ sources: sources.sources() }),
    missing: Math.max(0, plan.trials - stored),
  };
}

class TaggedTally {
  readonly #acrossTargets: boolean;
  readonly #total = new GroupTally();
  readonly #tags = new Map<string, GroupTally>();

  constructor({ acrossTargets = false } = {}) {
    this.#acrossTargets = acrossTargets;
  }

  addCase(trials: CaseTrials): void {
    this.#total.addCase(trials, this.#acrossTargets);
    for (const tag of trials[0].tags) tally(this.#tags, tag).addCase(trials, this.#acrossTargets);
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
