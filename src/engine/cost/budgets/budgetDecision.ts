import type { Complexity } from '../../model/case.ts';
import { Sample } from '../../statistics/quantiles.ts';

/** Output tokens that a task of each class may use before anything is known of it. */
export const BASE_BUDGET: { readonly [complexity in Complexity]: number } = {
  simple: 1000,
  medium: 3000,
  complex: 8000,
};

/** What tasks of one class used at one target in a run. */
export interface BudgetUse {
  /** Output tokens of each completed call. */
  used: number[];
  /** Calls that were cut off by the budget. */
  cutOff: number;
}

/** What becomes of a budget after a run, and why. */
export interface BudgetDecision {
  /** The budget that was in force. */
  before: number;
  /** The budget from now on. */
  tokens: number;
  change: 'raised' | 'lowered' | 'kept';
  /** Runs in a row in which less than half of the budget was used, this one included. */
  lowRuns: number;
  reason: string;
}

/** A budget is raised when the 90th percentile of use is above, and lowered when it is below, these shares of it. */
const HIGH_USE = 0.9;
const LOW_USE = 0.5;
const STEP = 0.2;
/** One quiet run does not lower a budget: it takes so many in a row. */
const LOW_RUNS = 2;
/** Fewer calls than this decide nothing. */
const LEAST_CALLS = 5;
/** A budget stays within these multiples of its base. */
const LEAST_SHARE = 0.1;
const MOST_SHARE = 4;

/**
 * Adapts the budget of a class to what its tasks used: raised by 20 % when the 90th percentile of use is over
 * 90 % of it, or a call was cut off; lowered by 20 % when it is under 50 %, in two runs in a row, so that a
 * budget does not swing to and fro.
 */
export function decideBudget(
  complexity: Complexity,
  current: { tokens: number; lowRuns: number },
  use: BudgetUse,
): BudgetDecision {
  const before = current.tokens;
  const calls = use.used.length;
  if (calls < LEAST_CALLS && use.cutOff === 0) {
    const reason = `kept: ${calls} calls are too few to decide`;
    return { before, tokens: before, change: 'kept', lowRuns: current.lowRuns, reason };
  }

  const typical = ninetieth(use.used);
  const share = typical / before;
  const said = `the 90th percentile of use is ${Math.round(typical)} of ${before} tokens (${percent(share)})`;

  if (use.cutOff > 0 || share > HIGH_USE) {
    const why = use.cutOff > 0 ? `${use.cutOff} of ${calls} calls were cut off; ${said}` : said;
    return moved(complexity, before, 1 + STEP, why);
  }

  if (share >= LOW_USE)
    return { before, tokens: before, change: 'kept', lowRuns: 0, reason: `kept: ${said}` };

  const lowRuns = current.lowRuns + 1;
  if (lowRuns < LOW_RUNS) {
    const reason = `kept: ${said}; it will be lowered if the next run uses as little`;
    return { before, tokens: before, change: 'kept', lowRuns, reason };
  }

  return moved(complexity, before, 1 - STEP, `${said}, ${lowRuns} runs in a row`);
}

function moved(complexity: Complexity, before: number, factor: number, why: string): BudgetDecision {
  const base = BASE_BUDGET[complexity];
  const wanted = Math.round((before * factor) / 10) * 10;
  const tokens = Math.min(base * MOST_SHARE, Math.max(base * LEAST_SHARE, wanted));
  if (tokens === before) {
    const end = factor > 1 ? `the most, ${MOST_SHARE} times` : `the least, ${percent(LEAST_SHARE)} of`;
    return { before, tokens, change: 'kept', lowRuns: 0, reason: `kept at ${end} the base: ${why}` };
  }
  const change = tokens > before ? 'raised' : 'lowered';
  return { before, tokens, change, lowRuns: 0, reason: `${change} from ${before} to ${tokens}: ${why}` };
}

function ninetieth(values: readonly number[]): number {
  const sample = new Sample();
  for (const value of values) sample.add(value);
  return sample.quantile(0.9) ?? 0;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
