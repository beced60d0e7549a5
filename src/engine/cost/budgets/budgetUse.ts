import type { Complexity } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import { appliedAllowance } from '../../targets/prompt/tokenAllowance.ts';
import type { BudgetUse } from './budgetDecision.ts';

/** What the tasks of one class used of their budget at one target in a run. */
export interface RunUse {
  target: string;
  complexity: Complexity;
  /** The budget that was in force, in output tokens. */
  tokens: number;
  use: BudgetUse;
  /** Tokens that were lent on top, over all calls. */
  borrowed: number;
}

/** Adds up the budgets of a run from its results; empty for a run without budgets. */
export function runUse(results: Iterable<TrialResult>): RunUse[] {
  const uses = new Map<string, RunUse>();
  for (const { target, output } of results) {
    const applied = appliedAllowance(output);
    if (!applied || output.usage === null) continue;

    const { complexity, tokens, borrowed, cutOff } = applied;
    const key = `${target}\0${complexity}`;
    const known = uses.get(key) ?? { target, complexity, tokens, use: { used: [], cutOff: 0 }, borrowed: 0 };
    known.use.used.push(output.usage.outputTokens);
    known.borrowed += borrowed;
    if (cutOff) known.use.cutOff += 1;
    uses.set(key, known);
  }

  return [...uses.values()];
}
