import type { CaseComparison, Comparison, MetricName } from '../../model/comparison.ts';
import type { JudgeHealth } from '../../model/evaluatorStudy.ts';
import { counted, formatSigned } from '../../model/figures.ts';
import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { GateClause, GateReport } from '../../model/gateReport.ts';
import type { RunSummary } from '../../model/summary.ts';
import type { CasesCompared } from '../pairs/compareCases.ts';
import { hasHole, isIdentical } from '../pairs/differences.ts';
import { ALPHA } from '../verdict/comparisonWord.ts';
import { percentLimit, ROUNDING } from './clauseText.ts';
import { reportOf, runClauses } from './gate.ts';

/** As many cases are named in a reason. */
const MAX_NAMED = 3;

/** What the gate looks at. */
export type GatedComparison = Pick<Comparison, 'cases' | 'metrics' | 'counts' | 'sequential' | 'verdict'> &
  Pick<CasesCompared, 'filled'>;

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
  const { nonInferiorityMargin: margin, maxCostIncrease, noRegression = [] } = policy;
  return reportOf(policy, [
    ...runClauses(policy, stopped ? { ...candidate, missing: 0 } : candidate, judges).filter(
      ({ status }) => status !== 'not-asked',
    ),
    ...paired(comparison),
    ...noRegression.map((tag) => unregressed(tag, comparison)),
    ...(margin === undefined ? [] : [nonInferiority(margin, comparison)]),
    ...(maxCostIncrease === undefined ? [] : [costIncrease(maxCostIncrease, comparison)]),
    ...(comparison.metrics.length > 0 ? [regression(policy, comparison)] : []),
  ]);
}

/** Nothing that was not measured on both sides can be compared. */
function paired({ counts, metrics, cases }: GatedComparison): GateClause[] {
  const undecided = (name: string, reason: string): GateClause[] => [{ name, status: 'undecided', reason }];
  if (counts.pairs === 0) return undecided('paired', 'no case could be compared with the baseline');
  if (metrics.length > 0) return [];
  if (cases.every(({ baseline }) => baseline.passShare === null))
    return undecided('baseline', 'no case of the baseline was measured: there is nothing to compare with');
  return undecided('paired', 'no case was measured on both sides');
}

const METRICS: { readonly [metric in MetricName]: string } = { pass: 'pass rate', score: 'mean score' };

/** A gate is never laxer than the verdict: a significant regression fails it unless the policy allows it. */
function regression({ allowRegression = [] }: GatePolicy, { verdict }: GatedComparison): GateClause {
  const name = 'regression';
  const { shown, possible } = verdict.regressions;
  const names = (metrics: readonly MetricName[]) => metrics.map((metric) => METRICS[metric]).join(' and ');
  const areOrIs = (metrics: readonly MetricName[]) => (metrics.length > 1 ? 'are' : 'is');
  const isAllowed = (metric: MetricName) => allowRegression.includes(metric);

  const lost = shown.filter((metric) => !isAllowed(metric));
  if (lost.length > 0)
    return {
      name,
      status: 'fail',
      reason: `${names(lost)} ${areOrIs(lost)} significantly worse than in the baseline`,
    };

  const open = possible.filter((metric) => !isAllowed(metric));
  if (open.length > 0)
    return {
      name,
      status: 'undecided',
      reason: `${names(open)} would be significantly worse if what could not be measured went against the candidate`,
    };

  const allowed = [...shown, ...possible];
  if (allowed.length > 0)
    return {
      name,
      status: 'pass',
      reason: `${names(allowed)} ${areOrIs(allowed)} worse, which allow_regression allows`,
    };

  return { name, status: 'pass', reason: 'neither pass rate nor mean score is significantly worse' };
}

/** Strict, case by case: a tag such as `critical` has no chance to be averaged away. */
function unregressed(tag: string, { cases, counts, sequential }: GatedComparison): GateClause {
  const name = `no_regression[${tag}]`;
  const members = cases.filter(({ tags }) => tags.includes(tag));
  const worse = members.filter(isWorse);
  if (worse.length > 0) {
    const ids = worse.slice(0, MAX_NAMED).map(({ caseId }) => caseId);
    const more = worse.length > MAX_NAMED ? ` and ${worse.length - MAX_NAMED} more` : '';
    return {
      name,
      status: 'fail',
      reason: `${worse.length} of ${counted(members.length, 'case')} got worse than in the baseline: ${ids.join(', ')}${more}`,
    };
  }

  const undecided = (reason: string): GateClause => ({ name, status: 'undecided', reason });
  if (members.length === 0) return undecided('no compared case has this tag');

  const holes = members.filter(hasHole).length;
  if (holes > 0)
    return undecided(`${counted(holes, 'of its cases was', 'of its cases were')} not fully measured`);
  if (counts.unseen > 0)
    return undecided(`${counted(counts.unseen, 'case was', 'cases were')} not run on either side`);
  if (sequential?.stopped) return undecided('the comparison stopped early, before all of its cases were run');

  return {
    name,
    status: 'pass',
    reason: `none of ${counted(members.length, 'case')} got worse than in the baseline`,
  };
}

/** With holes in it, a case is worse when it would be so with the best for the candidate. */
function isWorse(entry: CaseComparison): boolean {
  const { baseline, candidate, change } = entry;
  if (change === 'degraded' && !hasHole(entry)) return true;
  return (candidate.passed + candidate.unmeasured) * baseline.trials < baseline.passed * candidate.trials;
}

/** The p-values of the metrics are already those against the margin of the policy. */
function nonInferiority(
  margin: number,
  { metrics, filled, cases, counts, sequential }: GatedComparison,
): GateClause {
  const name = 'non_inferiority_margin';
  if (metrics.length < 2) return { name, status: 'undecided', reason: 'pass rate or score was not measured' };
  if (counts.unseen === 0 && !sequential?.stopped && cases.every(isIdentical))
    return { name, status: 'pass', reason: 'every output, verdict and score is the same on both sides' };

  const words = metrics.map(
    ({ metric, difference, nonInferiorityP: p }) =>
      `${METRICS[metric]} ${formatSigned(difference, 3)} (p = ${p === null ? 'unknown' : p.toPrecision(2)})`,
  );

  const reason = `${words.join(', ')} against a margin of ${margin}`;

  const all = filled ? [metrics, filled.against, filled.for] : [metrics];
  if (all.every((found) => found.some(({ interval }) => interval !== null && interval.high < -margin)))
    return { name, status: 'fail', reason };

  const holds = (found: typeof metrics) => found.every(({ nonInferiorityP: p }) => p !== null && p <= ALPHA);
  if (all.every(holds)) return { name, status: 'pass', reason };

  const holes = cases.filter(hasHole).length + counts.unseen;
  const open = holds(metrics)
    ? `it does not hold whatever the ${counted(holes, 'case')} not fully measured would have given`
    : 'more cases are needed';

  return { name, status: 'undecided', reason: `${reason} (${open})` };
}

/** A cost that is unknown may be anything: only what is known on the baseline's side can be held against the candidate. */
function costIncrease(max: number, { cases, counts }: GatedComparison): GateClause {
  const name = 'max_cost_increase';
  const before = totalOf(cases.map(({ baseline }) => baseline.costUsd));
  const after = totalOf(cases.map(({ candidate }) => candidate.costUsd));
  const limit = `at most +${percentLimit(max)} allowed`;
  const unknown = cases.filter(
    ({ baseline, candidate }) => baseline.costUsd === null || candidate.costUsd === null,
  ).length;

  const exceeds = after.known > before.known * (1 + max + ROUNDING);
  const rise = before.known > 0 ? `${formatSigned((after.known / before.known - 1) * 100, 1)} %` : null;

  if (before.unknown + counts.unseen === 0 && exceeds)
    return {
      name,
      status: 'fail',
      reason:
        rise === null
          ? 'the baseline costs nothing, the candidate does'
          : `cost ${after.unknown > 0 ? 'at least ' : ''}${rise}, ${limit}`,
    };

  if (unknown + counts.unseen > 0 || cases.length === 0)
    return {
      name,
      status: 'undecided',
      reason: `the cost of ${unknown + counts.unseen} of ${counted(counts.pairs + counts.unseen, 'case')} is unknown`,
    };

  return {
    name,
    status: 'pass',
    reason: rise === null ? 'neither side costs anything' : `cost ${rise}, ${limit}`,
  };
}

function totalOf(costs: readonly (number | null)[]): { known: number; unknown: number } {
  const known = costs.filter((value) => value !== null);
  return { known: known.reduce((sum, value) => sum + value, 0), unknown: costs.length - known.length };
}
