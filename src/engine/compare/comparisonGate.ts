import type { CaseComparison, Comparison } from '../model/comparison.ts';
import type { JudgeHealth } from '../model/evaluatorStudy.ts';
import type { GatePolicy } from '../model/gatePolicy.ts';
import type { GateClause, GateReport } from '../model/gateReport.ts';
import type { RunSummary } from '../model/summary.ts';
import { holds, judgeRun } from './gate.ts';
import { ALPHA } from './verdict.ts';

/** Shares are compared with this much slack so that rounding never decides. */
const ROUNDING = 1e-9;
/** As many cases are named in a reason. */
const MAX_NAMED = 3;

/** What the gate looks at. */
export type GatedComparison = Pick<Comparison, 'cases' | 'metrics' | 'resources' | 'counts' | 'sequential'>;

/**
 * Holds a comparison to the policy: the clauses of a run for the candidate alone (`candidate` sums up its
 * results), and those that speak of the baseline. What was not measured is undecided, never a pass. With
 * `sequential`, cases that were not needed are missing on purpose, and do not hold the gate up.
 */
export function judgeComparison(
  policy: GatePolicy,
  comparison: GatedComparison,
  candidate: RunSummary,
  judges: readonly JudgeHealth[] = [],
): GateReport {
  const stopped = comparison.sequential?.stopped === true;
  const alone = judgeRun(policy, stopped ? { ...candidate, missing: 0 } : candidate, judges);
  const clauses = [
    ...alone.clauses.filter(({ status }) => status !== 'not-asked'),
    ...paired(comparison),
    ...(policy.noRegression ?? []).map((tag) => noRegression(tag, comparison)),
    ...(policy.nonInferiorityMargin === undefined
      ? []
      : [nonInferiority(policy.nonInferiorityMargin, comparison)]),
    ...(policy.maxCostIncrease === undefined ? [] : [costIncrease(policy.maxCostIncrease, comparison)]),
  ];
  const complete = (stopped || candidate.missing === 0) && candidate.total.trials > 0;
  return { passed: holds(policy, clauses) && complete && comparison.counts.pairs > 0, clauses };
}

function paired({ counts }: GatedComparison): GateClause[] {
  const name = 'paired';
  if (counts.pairs === 0)
    return [{ name, status: 'undecided', reason: 'no case could be compared with the baseline' }];
  return [];
}

/** Strict, case by case: a tag such as `critical` has no chance to be averaged away. */
function noRegression(tag: string, { cases, sequential }: GatedComparison): GateClause {
  const name = `no_regression[${tag}]`;
  const members = cases.filter(({ tags }) => tags.includes(tag));
  const worse = members.filter(isWorse);
  if (worse.length > 0) {
    const ids = worse.slice(0, MAX_NAMED).map(({ caseId }) => caseId);
    const more = worse.length > MAX_NAMED ? ` and ${worse.length - MAX_NAMED} more` : '';
    return {
      name,
      status: 'fail',
      reason: `${worse.length} of ${members.length} cases do worse than in the baseline: ${ids.join(', ')}${more}`,
    };
  }
  const unmeasured = members.filter(({ change }) => change === 'unmeasured').length;
  if (members.length === 0) return { name, status: 'undecided', reason: 'no compared case has this tag' };
  if (unmeasured > 0)
    return {
      name,
      status: 'undecided',
      reason: `${unmeasured} of its cases could not be measured on both sides`,
    };
  if (sequential?.stopped)
    return {
      name,
      status: 'undecided',
      reason: 'the comparison stopped early, before all of its cases were run',
    };
  return { name, status: 'pass', reason: `none of ${members.length} cases does worse than in the baseline` };
}

function isWorse({ change, passDifference }: CaseComparison): boolean {
  return change === 'degraded' || (passDifference !== null && passDifference < -ROUNDING);
}

/** The p-values of the metrics are already those against the margin of the policy. */
function nonInferiority(margin: number, { metrics, counts }: GatedComparison): GateClause {
  const name = 'non_inferiority_margin';
  if (metrics.length < 2) return { name, status: 'undecided', reason: 'pass rate or score was not measured' };
  const shownWorse = metrics.filter(({ interval }) => interval !== null && interval.high < -margin);
  const words = metrics.map(
    ({ metric, difference, nonInferiorityP: p }) =>
      `${metric === 'pass' ? 'pass rate' : 'score'} ${signed(difference)} (p = ${p === null ? 'unknown' : p.toPrecision(2)})`,
  );
  const reason = `${words.join(', ')} against a margin of ${margin}`;
  if (shownWorse.length > 0) return { name, status: 'fail', reason };
  if (counts.unmeasured > 0)
    return { name, status: 'undecided', reason: `${reason}; ${counts.unmeasured} cases were not measured` };
  const shown = metrics.every(({ nonInferiorityP: p }) => p !== null && p <= ALPHA);
  return {
    name,
    status: shown ? 'pass' : 'undecided',
    reason: shown ? reason : `${reason}: more cases are needed`,
  };
}

function costIncrease(max: number, { resources, counts }: GatedComparison): GateClause {
  const name = 'max_cost_increase';
  const cost = resources.find(({ resource }) => resource === 'cost');
  if (!cost || cost.baseline === null || cost.candidate === null)
    return { name, status: 'undecided', reason: 'the cost is unknown' };
  if (cost.unknown > 0)
    return {
      name,
      status: 'undecided',
      reason: `the cost of ${cost.unknown} of ${counts.pairs} cases is unknown`,
    };
  if (cost.baseline === 0)
    return cost.candidate === 0
      ? { name, status: 'pass', reason: 'neither side costs anything' }
      : { name, status: 'fail', reason: 'the baseline costs nothing, the candidate does' };
  const rise = cost.candidate / cost.baseline - 1;
  return {
    name,
    status: rise <= max + ROUNDING ? 'pass' : 'fail',
    reason: `cost ${signed(rise * 100, 1)} %, at most +${Number((max * 100).toFixed(1))} % is allowed`,
  };
}

function signed(value: number, digits = 3): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(digits)}`;
}
