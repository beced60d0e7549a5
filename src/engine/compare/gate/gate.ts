import { unscoredFallbacks } from '../../model/answerSources.ts';
import type { JudgeHealth } from '../../model/evaluatorStudy.ts';
import { counted, formatCount } from '../../model/figures.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { GateClause, GateReport } from '../../model/gateReport.ts';
import type { RunSummary } from '../../model/summary.ts';
import { judgeClauses } from './judgeClauses.ts';
import { limitClauses } from './limitClauses.ts';
import { rateClauses } from './rateClauses.ts';

/** Clauses without which nothing else means anything: `undecided: pass` does not let them pass. */
const ESSENTIAL: ReadonlySet<string> = new Set(['complete', 'measured', 'paired', 'baseline', 'regression']);
/** As many clauses are named when a gate fails. */
const MAX_NAMED = 3;

/**
 * Holds a run to its policy; `judges` is what is known of the judges that scored it. Every clause says why; a clause
 * without data is undecided. A run that is not complete, or that measured nothing, never passes.
 */
export function judgeRun(
  policy: GatePolicy,
  summary: RunSummary,
  judges: readonly JudgeHealth[] = [],
): GateReport {
  return reportOf(policy, runClauses(policy, summary, judges));
}

/** The clauses of one run; those that speak of a baseline are not asked. */
export function runClauses(
  policy: GatePolicy,
  summary: RunSummary,
  judges: readonly JudgeHealth[],
): GateClause[] {
  return [
    ...completeness(summary),
    ...rateClauses(policy, summary),
    ...ofComparisons(policy),
    ...limitClauses(policy, summary),
    ...judgeClauses(policy, judges),
  ];
}

/** What the clauses come to. A gate that fails always has a clause that says why. */
export function reportOf(policy: GatePolicy, clauses: readonly GateClause[]): GateReport {
  const blocking = clauses.filter((clause) => !letsPass(policy, clause));
  return {
    passed: blocking.length === 0,
    reason: blocking.length === 0 ? null : sentence(blocking),
    clauses: [...clauses],
  };
}

function letsPass({ undecided }: GatePolicy, { name, status }: GateClause): boolean {
  if (status === 'undecided') return undecided === 'pass' && !ESSENTIAL.has(name);
  return status !== 'fail';
}

function sentence(blocking: readonly GateClause[]): string {
  const named = blocking
    .slice(0, MAX_NAMED)
    .map(({ name, status, reason }) => `${name}: ${status === 'undecided' ? 'undecided, ' : ''}${reason}`);
  const more = blocking.length - named.length;
  return [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Clauses that speak of a baseline, in the words of a run that has none. */
function ofComparisons({ noRegression, nonInferiorityMargin, maxCostIncrease }: GatePolicy): GateClause[] {
  const names = [
    ...(noRegression ?? []).map((tag) => `no_regression[${tag}]`),
    ...(nonInferiorityMargin === undefined ? [] : ['non_inferiority_margin']),
    ...(maxCostIncrease === undefined ? [] : ['max_cost_increase']),
  ];
  return names.map((name) => ({ name, status: 'not-asked', reason: 'applies to comparisons only' }));
}

function completeness({ missing, total, sources, stopped }: RunSummary): GateClause[] {
  if (total.trials === 0)
    return [{ name: 'complete', status: 'undecided', reason: 'no case was run: nothing was measured' }];
  const lacking =
    missing === 1 ? '1 trial of the run is missing' : `${missing} trials of the run are missing`;
  const reason = stopped === undefined ? lacking : `${lacking}: ${stopped}`;
  const clauses: GateClause[] = missing > 0 ? [{ name: 'complete', status: 'undecided', reason }] : [];
  const unmeasured = whyUnmeasured(total, unscoredFallbacks(sources));
  if (unmeasured !== undefined) clauses.push({ name: 'measured', status: 'undecided', reason: unmeasured });
  return clauses;
}

/** Why too little was measured for anything to be said; undefined where enough was. */
function whyUnmeasured({ errored, trials }: RunSummary['total'], unscored: number): string | undefined {
  if (errored === trials) return 'every trial errored: nothing was measured';
  if (2 * unscored <= trials) return undefined;
  return `${formatCount(unscored)} of ${counted(trials, 'answer')} came from fallbacks and are not scored: most of the target was not measured`;
}
