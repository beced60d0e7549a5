import type { Complexity } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import { appliedAllowance } from '../../targets/prompt/tokenAllowance.ts';

/** What a target's cases may use beyond their budgets in the next run, by case id. */
export type Loans = Map<string, number>;

/** What each class may use in the next run, in output tokens. */
type Budgets = { readonly [complexity in Complexity]: number };

/** The reserve is this share of all budgets of a run … */
const RESERVE_SHARE = 0.1;
/** … and a case is lent at most this share of its own budget. */
const MOST_LENT = 1;
/** A case that used more than this share of its budget needs a loan, also when it has lived on one. */
const NEEDY = 0.9;

/**
 * Shares a reserve of the budgets that are now in force among the cases that needed more than their budget in the last run: those that were cut
 * off get up to as much again, those that came near their budget or lived on a loan get up to a tenth above
 * what they used. In the order of the dataset, so that the same past gives the same loans, until the reserve is
 * used up. Every trial of a case has the loan, so it counts as often as the case had trials.
 */
export function planLoans(target: string, results: Iterable<TrialResult>, budgets: Budgets): Loans {
  const needs = new Map<string, number>();
  const trials = new Map<string, number>();
  let total = 0;

  for (const result of results) {
    const applied = result.target === target ? appliedAllowance(result.output) : undefined;
    if (!applied || result.output.usage === null) continue;

    const budget = budgets[applied.complexity];
    total += budget;
    trials.set(result.caseId, (trials.get(result.caseId) ?? 0) + 1);
    const had = applied.tokens + applied.borrowed;
    const used = result.output.usage.outputTokens;
    if (!applied.cutOff && used <= applied.tokens * NEEDY) continue;

    const wanted = applied.cutOff ? had * 2 : (used * 11) / 10;
    const loan = Math.min(Math.ceil(wanted - budget), budget * MOST_LENT);
    if (loan > 0) needs.set(result.caseId, Math.max(loan, needs.get(result.caseId) ?? 0));
  }

  let reserve = Math.floor(total * RESERVE_SHARE);
  const loans: Loans = new Map();
  for (const [caseId, need] of needs) {
    const times = trials.get(caseId) ?? 1;
    const loan = Math.min(need, Math.floor(reserve / times));
    if (loan <= 0) break;
    reserve -= loan * times;
    loans.set(caseId, loan);
  }

  return loans;
}
