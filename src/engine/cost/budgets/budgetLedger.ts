import type { BudgetRecord } from '../../model/budgetRecord.ts';
import type { Complexity } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunRecord } from '../../model/run.ts';
import { BASE_BUDGET, decideBudget } from './budgetDecision.ts';
import { runUse } from './budgetUse.ts';
import { planLoans } from './loans.ts';
import type { TargetBudgets } from './tokenBudgets.ts';

/** Where runs and decisions are kept; the store is one. */
export interface BudgetLedger {
  /** Neither parts of runs nor comparisons. */
  evaluations(limit?: number): RunRecord[];
  results(id: string): Iterable<TrialResult>;
  readonly budgets: {
    /** Decisions of a suite, the oldest first. */
    ofSuite(suite: string): BudgetRecord[];
    save(records: readonly BudgetRecord[]): void;
  };
}

/**
 * The budgets with which a run goes: those decided before it was first begun, so that a resumed run keeps its
 * own. Loans come from the last run before it.
 */
export function budgetsFor(store: BudgetLedger, run: RunRecord): Map<string, TargetBudgets> {
  const earlier = decisionsBefore(store, run);
  const last = store
    .evaluations(200)
    .find(({ plan, createdAt }) => plan.suite === run.plan.suite && createdAt < run.createdAt);

  return new Map(
    run.plan.targets.map(({ name }) => {
      const budgets = {
        simple: currentBudget(earlier, name, 'simple').tokens,
        medium: currentBudget(earlier, name, 'medium').tokens,
        complex: currentBudget(earlier, name, 'complex').tokens,
      };
      const loans = last ? planLoans(name, store.results(last.id), budgets) : new Map<string, number>();
      return [name, { budgets, loans }];
    }),
  );
}

/** Decides on the budgets from what a run used of them, and keeps the decisions. Again after a resume. */
export function settleBudgets(store: BudgetLedger, run: RunRecord, now: number): BudgetRecord[] {
  const earlier = decisionsBefore(store, run);
  const records = runUse(store.results(run.id)).map(({ target, complexity, use, borrowed }): BudgetRecord => {
    const current = currentBudget(earlier, target, complexity);
    const decision = decideBudget(complexity, current, use);

    return {
      runId: run.id,
      suite: run.plan.suite,
      target,
      complexity,
      decidedAt: now,
      calls: use.used.length,
      cutOff: use.cutOff,
      borrowed,
      ...decision,
    };
  });

  store.budgets.save(records);
  return records;
}

function decisionsBefore(store: BudgetLedger, run: RunRecord): BudgetRecord[] {
  return store.budgets
    .ofSuite(run.plan.suite)
    .filter(({ runId, decidedAt }) => runId !== run.id && decidedAt <= run.createdAt);
}

function currentBudget(
  earlier: readonly BudgetRecord[],
  target: string,
  complexity: Complexity,
): { tokens: number; lowRuns: number } {
  const last = earlier.findLast((record) => record.target === target && record.complexity === complexity);
  return last ?? { tokens: BASE_BUDGET[complexity], lowRuns: 0 };
}
