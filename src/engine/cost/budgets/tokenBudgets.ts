import { inferComplexity } from '../../datasets/complexity.ts';
import type { Complexity } from '../../model/case.ts';
import type { AllowTokens } from '../../targets/prompt/tokenAllowance.ts';
import { BASE_BUDGET } from './budgetDecision.ts';
import type { Loans } from './loans.ts';

/** The budgets of one target: its classes' and its cases' loans. */
export interface TargetBudgets {
  budgets: { [complexity in Complexity]: number };
  loans: Loans;
}

/** The token budgets of a run; until they are set, every task has the base of its class and no loan. */
export class TokenBudgets {
  #targets: ReadonlyMap<string, TargetBudgets> = new Map();

  /** Once, before the run begins: a call's limit must not depend on how far the run has come. */
  set(targets: ReadonlyMap<string, TargetBudgets>): void {
    this.#targets = targets;
  }

  /** What a call for a case may use. The case's own class counts, else the inferred one. */
  readonly allowance: AllowTokens = (target, entry) => {
    const complexity = entry.complexity ?? inferComplexity(entry);
    const known = this.#targets.get(target);
    const tokens = known?.budgets[complexity] ?? BASE_BUDGET[complexity];
    return { complexity, tokens, borrowed: known?.loans.get(entry.id) ?? 0 };
  };
}
