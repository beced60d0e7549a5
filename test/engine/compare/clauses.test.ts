import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { dollars, percent, percentLimit } from '../../../src/engine/compare/gate/clauseText.ts';
import { reportOf, runClauses } from '../../../src/engine/compare/gate/gate.ts';
import { limitClauses } from '../../../src/engine/compare/gate/limitClauses.ts';
import { rateClauses } from '../../../src/engine/compare/gate/rateClauses.ts';
import { counted } from '../../../src/engine/model/figures.ts';
import type { GatePolicy, Minimum } from '../../../src/engine/model/gatePolicy.ts';
import type { GateClause } from '../../../src/engine/model/gateReport.ts';
import type { GroupSummary, RunSummary } from '../../../src/engine/model/summary.ts';
import { summarize } from '../../../src/engine/runs/tally/summarize.ts';
import { plan, trialResult } from '../../support/runFixtures.ts';

const whole = summarize(plan({ cases: 1 }), [trialResult()]);

function summaryOf(total: Partial<GroupSummary>, more: Partial<RunSummary> = {}): RunSummary {
  return { ...whole, ...more, total: { ...whole.total, ...total } };
}

function rate(minimum: Minimum, total: Partial<GroupSummary>): GateClause | undefined {
  return rateClauses(
    { undecided: 'fail', minPassRate: { overall: minimum, tags: {} } },
    summaryOf({ trials: 10, errored: 0, ...total }),
  )[0];
}

function score(minimum: Minimum, total: Partial<GroupSummary>): GateClause | undefined {
  return rateClauses({ undecided: 'fail', minScore: minimum }, summaryOf(total))[0];
}

function limit(policy: Partial<GatePolicy>, summary: RunSummary): GateClause | undefined {
  return limitClauses({ undecided: 'fail', ...policy }, summary)[0];
}

const lower = (min: number) => ({ min, by: 'lower' as const });

describe('a clause on a pass rate', () => {
  const unknown = { name: 'min_pass_rate', status: 'undecided', reason: 'there is no pass rate' };

  it('is undecided without a rate, and by its lower end without an interval', () => {
    assert.deepEqual(rate(0.5, { passRate: null }), unknown);
    assert.deepEqual(rate(lower(0.5), { passRate: 1, passRateInterval: null }), unknown);
    assert.deepEqual(rate(lower(0.5), { passRate: null, passRateInterval: { low: 1, high: 1 } }), unknown);
    assert.equal(rate(0.5, { trials: 0, passRate: 1 })?.reason, 'no case has this tag');
  });

  it('passes at the minimum, give or take rounding', () => {
    assert.equal(rate(0.8, { passRate: 0.8 - 1e-9 })?.status, 'pass');
    assert.equal(rate(0.8, { passRate: 0.8 - 3e-9 })?.status, 'fail');
  });

  it('fails where every trial errored, and measured nothing where that would reach it', () => {
    assert.equal(rate(0.5, { passRate: 0, errored: 10 })?.status, 'fail');
    assert.equal(rate(0, { passRate: 0, errored: 10 })?.status, 'undecided');
  });

  it('shows as many decimals as tell the figure that decides from the minimum, and no interval where there is none', () => {
    const near = { low: 0.79996, high: 0.9 };
    assert.equal(
      rate(0.8, { passRate: 0.79996, passRateInterval: near })?.reason,
      'pass rate 79.996 %, required at least 80 % (the rate itself decides; 95 % interval 80.0 % to 90.0 %)',
    );
    assert.equal(
      rate(lower(0.8), { passRate: 0.79996, passRateInterval: near })?.reason,
      'pass rate 80.0 %, lower end of its 95 % interval 79.996 %, required at least 80 % (the lower end decides)',
    );
    assert.equal(
      rate(0.8, { passRate: 0.9, passRateInterval: null })?.reason,
      'pass rate 90.0 %, required at least 80 % (the rate itself decides)',
    );
  });
});

describe('a clause on a mean score', () => {
  const bounds = (low: number, high = low) => ({ low, high });

  it('is undecided without a mean', () => {
    const unknown = { name: 'min_score', status: 'undecided', reason: 'there is no mean score' };
    assert.deepEqual(score(0.5, { meanScore: null, scoreBounds: bounds(1) }), unknown);
    assert.deepEqual(score(0.5, { meanScore: 1, scoreBounds: null }), unknown);
    assert.deepEqual(score(0.5, { meanScore: Number.NaN, scoreBounds: bounds(1) }), unknown);
  });

  it('is undecided by its lower end without an interval', () => {
    assert.deepEqual(score(lower(0.5), { meanScore: 0.9, scoreBounds: bounds(0.9), scoreInterval: null }), {
      name: 'min_score',
      status: 'undecided',
      reason: 'mean score 0.900, required at least 0.5 (the lower end decides)',
    });
  });

  it('passes at the minimum and fails just below it, give or take rounding', () => {
    const at = (low: number, high = low) =>
      score(0.7, { meanScore: 0.7, scoreBounds: bounds(low, high), scoreInterval: null })?.status;
    assert.equal(at(0.7), 'pass');
    assert.equal(at(0.7 - 1e-9), 'pass');
    assert.equal(at(0.7 - 3e-9), 'fail');
    assert.equal(at(0.5, 0.7), 'undecided');
    assert.equal(at(0.5, 0.7 - 1e-9), 'undecided');
    assert.equal(at(0.5, 0.7 - 3e-9), 'fail');
  });

  it('says what is missing only where something is', () => {
    const reason = (low: number, high: number) =>
      score(0.5, { meanScore: 0.7, scoreBounds: bounds(low, high), scoreInterval: null })?.reason;
    assert.equal(reason(0.7, 0.7), 'mean score 0.700, required at least 0.5 (the mean itself decides)');
    assert.equal(reason(0, 1e-9), 'mean score 0.700, required at least 0.5 (the mean itself decides)');
    assert.match(reason(0.6, 0.8) ?? '', /; the missing scores could make it 0\.600 to 0\.800\)$/);
  });

  it('shows six decimals where three are those of the minimum', () => {
    const shown = (mean: number, min: number) =>
      score(min, { meanScore: mean, scoreBounds: bounds(mean), scoreInterval: null })?.reason.split(',')[0];
    assert.equal(shown(0.69999, 0.7), 'mean score 0.699990');
    assert.equal(shown(0.7, 0.7), 'mean score 0.700');
    assert.equal(shown(1e-9, 0), 'mean score 0.000');
  });
});

describe('a clause on a limit', () => {
  it('holds the known cost to it, and is undecided while it may be more', () => {
    const cost = (total: Partial<GroupSummary>, judgeCostUsd: number | null) =>
      limit(
        { maxCostUsd: 1.5 },
        summaryOf({ unknownCosts: 0, ...total }, { cascade: { ...whole.cascade, judgeCostUsd } }),
      );
    assert.deepEqual(cost({ costUsd: null, unknownCosts: 1 }, 1.2), {
      name: 'max_cost_usd',
      status: 'undecided',
      reason: 'cost unknown, at most $1.50 allowed (the cost of 1 trial is unknown)',
    });
    assert.match(cost({ costUsd: 1 }, null)?.reason ?? '', /\(the cost of the judge is unknown\)$/);
    assert.equal(cost({ costUsd: 1.5 + 1e-9 }, 0)?.status, 'pass');
    assert.equal(cost({ costUsd: 1.5 + 3e-9 }, 0)?.status, 'fail');
    assert.deepEqual(cost({ costUsd: 0, trials: 0 }, 0), {
      name: 'max_cost_usd',
      status: 'undecided',
      reason: 'cost $0.00, at most $1.50 allowed (nothing was run)',
    });
    assert.deepEqual(cost({ costUsd: Number.NaN }, 0), {
      name: 'max_cost_usd',
      status: 'undecided',
      reason: 'cost $NaN, at most $1.50 allowed',
    });
  });

  it('is undecided where the latency is unknown', () => {
    const unknown = { name: 'max_p95_latency_ms', status: 'undecided', reason: 'the p95 latency is unknown' };
    const times = { p50: 1, p95: 2, p99: 3 };
    const found = (total: Partial<GroupSummary>) => limit({ maxP95LatencyMs: 5 }, summaryOf(total));
    assert.deepEqual(found({ p95Bounds: null, latencyMs: times }), unknown);
    assert.deepEqual(found({ p95Bounds: { low: 1, high: 2 }, latencyMs: null }), unknown);
  });
});

describe('what clauses come to', () => {
  const clause = (status: GateClause['status'], name = 'max_errors'): GateClause => ({
    name,
    status,
    reason: 'so it is',
  });

  it('fails by a clause that fails, whatever is undecided may do', () => {
    assert.equal(reportOf({ undecided: 'pass' }, [clause('fail')]).passed, false);
    assert.equal(reportOf({ undecided: 'pass' }, [clause('undecided')]).passed, true);
    assert.equal(reportOf({ undecided: 'pass' }, [clause('undecided', 'complete')]).passed, false);
  });

  it('names three clauses and counts the fourth', () => {
    const three = reportOf(
      { undecided: 'fail' },
      [1, 2, 3].map(() => clause('fail')),
    );
    assert.doesNotMatch(three.reason ?? '', /more/);
    const four = reportOf(
      { undecided: 'fail' },
      [1, 2, 3, 4].map(() => clause('fail')),
    );
    assert.match(four.reason ?? '', /; and 1 more$/);
  });

  it('says why what speaks of a baseline is not asked of a run', () => {
    const asked = runClauses({ undecided: 'fail', nonInferiorityMargin: 0.05 }, whole, []);
    assert.deepEqual(asked, [
      { name: 'non_inferiority_margin', status: 'not-asked', reason: 'applies to comparisons only' },
    ]);
  });

  it('writes shares, limits and money as people do', () => {
    assert.deepEqual(
      [percent(0.5), percent(0.8, 0.81), percent(0.8, 0.8004), percent(0.8, 0.80004), percent(0.8, 0.800004)],
      ['50.0 %', '80.0 %', '80.00 %', '80.000 %', '80.0000 %'],
    );
    assert.equal(percent(0.8, 0.8 + 1e-10), '80.0 %');
    assert.deepEqual([0.8, 0.1234567].map(percentLimit), ['80 %', '12.3457 %']);
    assert.deepEqual([0, 1, 1.5, 1.25, 12.3456, 0.0123456, 12345.678, 0.000000123456].map(dollars), [
      '$0.00',
      '$1.00',
      '$1.50',
      '$1.25',
      '$12.35',
      '$0.01235',
      '$12345.68',
      '$0.0000001235',
    ]);
    assert.deepEqual([counted(1, 'case'), counted(1200, 'case')], ['1 case', '1,200 cases']);
  });

  it('takes a share for the limit itself within a billionth', () => {
    const found = (passRate: number) => rate(0.5, { passRate })?.status;
    assert.deepEqual([0.5 - 5e-10, 0.5 - 5e-9].map(found), ['pass', 'fail']);
  });
});
