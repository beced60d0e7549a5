import type { JudgeHealth } from '../model/evaluatorStudy.ts';
import type { GatePolicy } from '../model/gatePolicy.ts';
import type { ClauseStatus, GateClause, GateReport } from '../model/gateReport.ts';
import type { GroupSummary, RunSummary } from '../model/summary.ts';
import { judgeClauses } from './judgeClauses.ts';

/** Counted shares are compared with this much slack so that rounding never decides. */
const ROUNDING = 1e-9;

/**
 * Holds a run to its policy; `judges` is what is known of the judges that scored it. Every clause says why; a clause without data is undecided. A run that is not
 * complete, or that measured nothing, never passes.
 */
export function judgeRun(
  gate: GatePolicy,
  summary: RunSummary,
  judges: readonly JudgeHealth[] = [],
): GateReport {
  const clauses = [
    ...completeness(summary),
    ...passRates(gate, summary),
    ...ofComparisons(gate),
    ...limits(gate, summary),
    ...judgeClauses(gate, judges),
  ];
  const passed = holds(gate, clauses);
  return { passed: passed && summary.missing === 0 && summary.total.trials > 0, clauses };
}

/** Whether all clauses let the gate pass. */
export function holds(gate: GatePolicy, clauses: readonly GateClause[]): boolean {
  return clauses.every(
    ({ status }) =>
      status === 'pass' || status === 'not-asked' || (status === 'undecided' && gate.undecided === 'pass'),
  );
}

/** Clauses that speak of a baseline, in the words of a run that has none. */
function ofComparisons({ noRegression, nonInferiorityMargin, maxCostIncrease }: GatePolicy): GateClause[] {
  const names = [
    ...(noRegression ?? []).map((tag) => `no_regression[${tag}]`),
    ...(nonInferiorityMargin === undefined ? [] : ['non_inferiority_margin']),
    ...(maxCostIncrease === undefined ? [] : ['max_cost_increase']),
  ];
  return names.map((name) => ({
    name,
    status: 'not-asked',
    reason: 'held to when two runs are compared; this is one run',
  }));
}

function completeness({ missing, total }: RunSummary): GateClause[] {
  if (total.trials === 0)
    return [{ name: 'complete', status: 'undecided', reason: 'no case was run: nothing was measured' }];
  if (missing > 0)
    return [{ name: 'complete', status: 'undecided', reason: `${missing} trials of the run are missing` }];
  return [];
}

function passRates({ minPassRate, minScore }: GatePolicy, summary: RunSummary): GateClause[] {
  const clauses: GateClause[] = [];
  if (minPassRate?.overall !== undefined)
    clauses.push(passRate('min_pass_rate', summary.total, minPassRate.overall));
  for (const [tag, min] of Object.entries(minPassRate?.tags ?? {})) {
    const group = summary.tags.find((entry) => entry.tag === tag)?.summary;
    clauses.push(passRate(`min_pass_rate[${tag}]`, group, min));
  }
  if (minScore !== undefined)
    clauses.push(
      atLeast('min_score', 'mean score', summary.total.meanScore, minScore, (value) => value.toFixed(3)),
    );
  return clauses;
}

function passRate(name: string, group: GroupSummary | undefined, min: number): GateClause {
  if (!group || group.trials === 0) return { name, status: 'undecided', reason: 'no case has this tag' };
  const clause = atLeast(name, 'pass rate', group.passRate, min, percent);
  const range = group.passRateInterval;
  if (!range) return clause;
  return {
    ...clause,
    reason: `${clause.reason} (95 % interval ${percent(range.low)} to ${percent(range.high)})`,
  };
}

function limits(gate: GatePolicy, summary: RunSummary): GateClause[] {
  const { total } = summary;
  const clauses: GateClause[] = [];
  if (gate.maxCostUsd !== undefined) clauses.push(cost(summary, gate.maxCostUsd));
  if (gate.maxP95LatencyMs !== undefined)
    clauses.push(
      atMost(
        'max_p95_latency_ms',
        'p95 latency',
        total.latencyMs?.p95 ?? null,
        gate.maxP95LatencyMs,
        (value) => `${value.toFixed(0)} ms`,
      ),
    );
  if (gate.maxFlakyShare !== undefined) clauses.push(flaky(total, gate.maxFlakyShare));
  if (gate.maxErrors !== undefined)
    clauses.push(atMost('max_errors', 'errored trials', total.errored, gate.maxErrors, String));
  return clauses;
}

/** What the run cost altogether: targets and judges. */
function cost({ total, cascade }: RunSummary, max: number): GateClause {
  const known = (total.costUsd ?? 0) + (cascade.judgeCostUsd ?? 0);
  const value = total.costUsd === null && !cascade.judgeCostUsd ? null : known;
  const clause = atMost('max_cost_usd', 'cost', value, max, (usd) => `$${Number(usd.toPrecision(4))}`);
  // What is known may already be too much; otherwise the unknown part leaves it open.
  if (clause.status === 'fail') return clause;
  if (total.unknownCosts > 0)
    return { ...clause, status: 'undecided', reason: `the cost of ${total.unknownCosts} trials is unknown` };
  if (cascade.judgeCostUsd === null)
    return { ...clause, status: 'undecided', reason: 'the cost of the judge is unknown' };
  return clause;
}

function flaky(total: GroupSummary, max: number): GateClause {
  const name = 'max_flaky_share';
  if (total.passHatK.length < 2)
    return { name, status: 'undecided', reason: 'needs repeat: 2 or more to see whether cases are flaky' };
  return atMost(name, 'share of flaky cases', total.flakyCases / total.cases, max, percent);
}

function atLeast(
  name: string,
  what: string,
  value: number | null,
  min: number,
  show: (value: number) => string,
): GateClause {
  if (value === null || Number.isNaN(value))
    return { name, status: 'undecided', reason: `there is no ${what}` };
  const status: ClauseStatus = value >= min - ROUNDING ? 'pass' : 'fail';
  return { name, status, reason: `${what} ${show(value)}, at least ${show(min)} is asked for` };
}

function atMost(
  name: string,
  what: string,
  value: number | null,
  max: number,
  show: (value: number) => string,
): GateClause {
  if (value === null || Number.isNaN(value))
    return { name, status: 'undecided', reason: `the ${what} is unknown` };
  const status: ClauseStatus = value <= max + ROUNDING ? 'pass' : 'fail';
  return { name, status, reason: `${what} ${show(value)}, at most ${show(max)} is allowed` };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
