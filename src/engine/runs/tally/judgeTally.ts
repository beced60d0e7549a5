import type { Evaluation } from '../../model/evaluation.ts';
import type { CascadeSummary } from '../../model/summary.ts';

interface JudgeUse {
  /** How often it was asked for a verdict, and how often that was left out. */
  evaluations: number;
  leftOut: number;
  calls: number;
  ms: number;
  costUsd: number;
  unknownCosts: number;
}

/** Adds up what judges cost and what was saved where they were left out: each by its own mean, for a pair of orders costs twice a rubric. */
export class JudgeTally {
  readonly #judges = new Map<string, JudgeUse>();

  add({ name, costUsd, calls, latencyMs }: Exclude<Evaluation, { status: 'skipped' }>): void {
    const use = this.#use(name);
    use.evaluations += 1;
    use.calls += calls ?? 1;
    use.ms += latencyMs;
    if (typeof costUsd === 'number') use.costUsd += costUsd;
    else if (calls !== 0) use.unknownCosts += 1;
  }

  leaveOut(name: string): void {
    this.#use(name).leftOut += 1;
  }

  summary(): Omit<CascadeSummary, 'audited'> {
    const all = [...this.#judges.values()];
    const left = all.filter(({ leftOut }) => leftOut > 0);
    return {
      judgeCalls: sum(all, ({ calls }) => calls) ?? 0,
      judgeCallsSaved: Math.round(
        sum(
          left,
          ({ calls, evaluations, leftOut }) => (evaluations > 0 ? calls / evaluations : 1) * leftOut,
        ) ?? 0,
      ),
      judgeCostUsd: sum(all, ({ costUsd, unknownCosts }) => (unknownCosts > 0 ? null : costUsd)),
      savedCostUsd: sum(left, (use) => (use.unknownCosts > 0 ? null : savedOf(use, use.costUsd))),
      savedMs: sum(left, (use) => savedOf(use, use.ms)),
    };
  }

  #use(name: string): JudgeUse {
    const found = this.#judges.get(name) ?? {
      evaluations: 0,
      leftOut: 0,
      calls: 0,
      ms: 0,
      costUsd: 0,
      unknownCosts: 0,
    };
    this.#judges.set(name, found);
    return found;
  }
}

/** Its mean × how often it was left out; null where there is no mean. */
function savedOf({ evaluations, leftOut }: JudgeUse, total: number): number | null {
  return evaluations > 0 ? (total / evaluations) * leftOut : null;
}

/** Null as soon as one part is unknown. */
function sum(uses: readonly JudgeUse[], part: (use: JudgeUse) => number | null): number | null {
  let total = 0;
  for (const use of uses) {
    const value = part(use);
    if (value === null) return null;
    total += value;
  }
  return total;
}
