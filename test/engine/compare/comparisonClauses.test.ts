import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { type GatedComparison, judgeComparison } from '../../../src/engine/compare/gate/comparisonGate.ts';
import type { MetricComparison } from '../../../src/engine/model/comparison.ts';
import type { GatePolicy } from '../../../src/engine/model/gatePolicy.ts';
import { summarize } from '../../../src/engine/runs/tally/summarize.ts';
import { plan, trialResult } from '../../support/runFixtures.ts';
import { casesOf, type Outcome, times } from './comparing.ts';

const pass: MetricComparison = {
  metric: 'pass',
  pairs: 3,
  clusters: 3,
  baseline: 0.5,
  candidate: 0.5,
  difference: 0,
  interval: { low: -0.1, high: 0.1 },
  test: 'mcnemar',
  p: 1,
  adjustedP: 1,
  wilcoxonP: null,
  nonInferiorityP: 0.01,
  nonSuperiorityP: 1,
  effectSize: null,
  oddsRatio: null,
  smallestEffect: null,
  casesToFind: null,
  casesToShowEquivalence: null,
  casesToDecide: null,
};
const score: MetricComparison = { ...pass, metric: 'score' };
const steady: Outcome = { before: 1, after: 1, tags: ['t'], cost: [0.01, 0.01] };

/** The clauses on a comparison of these cases, with figures of a person's choice. */
function clauses(
  gate: Partial<GatePolicy>,
  outcomes: readonly Outcome[],
  more: Partial<GatedComparison> & { unseen?: number } = {},
) {
  const cases = more.cases ?? casesOf(outcomes);
  const { unseen = 0, ...rest } = more;
  const counts = {
    pairs: cases.length,
    improved: 0,
    degraded: 0,
    neutral: 0,
    unmeasured: 0,
    clusters: cases.length,
    baselineOnly: 0,
    candidateOnly: 0,
    changedContent: 0,
    unseen,
  };
  const comparison: GatedComparison = {
    cases,
    counts,
    metrics: [pass, score],
    filled: null,
    sequential: null,
    verdict: { word: 'undecided', reason: '', evidence: [], regressions: { shown: [], possible: [] } },
    ...rest,
  };
  const summary = summarize(plan({ targets: ['a'], cases: 1 }), [trialResult()]);
  return judgeComparison({ undecided: 'fail', ...gate }, comparison, summary).clauses;
}

const only = (...given: Parameters<typeof clauses>) => {
  const [clause] = clauses(...given);
  return [clause?.status, clause?.reason];
};

describe('the clause on non-inferiority', () => {
  const gate = { nonInferiorityMargin: 0.05 };
  const lost: Outcome = { ...steady, after: null };
  const of = (more: Parameters<typeof clauses>[2], outcomes: Outcome[] = times(3, steady)) =>
    only(gate, outcomes, more);
  const words = (p: string, difference = '0.000') =>
    `pass rate ${difference} (p = ${p}), mean score ${difference} (p = ${p}) against a margin of 0.05`;

  it('gives its figures, and what more is needed', () => {
    assert.deepEqual(of({}), ['pass', words('0.010')]);
    const same = times(3, { ...steady, sameOutput: true as const });
    assert.deepEqual(of({}, same), ['pass', 'every output, verdict and score is the same on both sides']);
    const both = (more: Partial<MetricComparison>) => ({
      metrics: [
        { ...pass, ...more },
        { ...score, ...more },
      ],
    });
    assert.deepEqual(of(both({ difference: -0.01234, nonInferiorityP: 0.0123 })), [
      'pass',
      words('0.012', '−0.012'),
    ]);
    const open = ' (more cases are needed)';
    assert.deepEqual(of(both({ nonInferiorityP: null })), ['undecided', words('unknown') + open]);
    assert.deepEqual(of({ metrics: [pass, { ...score, nonInferiorityP: 0.5 }] })[0], 'undecided');
    assert.deepEqual(
      of({ metrics: [pass, { ...score, interval: null, nonInferiorityP: 0.5 }] })[0],
      'undecided',
    );
  });

  it('fails by one metric, and neither fails nor holds but whatever is missing', () => {
    const worse = [pass, { ...score, interval: { low: -0.2, high: -0.06 }, nonInferiorityP: 1 }];
    const fine = [pass, score];
    const open = [pass, { ...score, nonInferiorityP: 0.5 }];
    assert.equal(of({ metrics: worse })[0], 'fail');
    assert.equal(of({ metrics: worse, filled: { against: worse, for: worse } })[0], 'fail');
    assert.equal(of({ metrics: worse, filled: { against: worse, for: fine } })[0], 'undecided');
    assert.equal(of({ filled: { against: fine, for: fine } })[0], 'pass');
    assert.deepEqual(of({ filled: { against: open, for: fine }, unseen: 2 }, [...times(3, steady), lost]), [
      'undecided',
      `${words('0.010')} (it does not hold whatever the 3 cases not fully measured would have given)`,
    ]);
  });
});

describe('the clause on pairs', () => {
  it('asks for one case that was measured on both sides', () => {
    const paired = (outcomes: Outcome[], more?: Parameters<typeof clauses>[2]) =>
      clauses({}, outcomes, more).filter(({ name }) => name !== 'regression');
    assert.deepEqual(paired([steady]), []);
    assert.deepEqual(paired([steady], { metrics: [pass] }), [], 'one metric is enough');
    assert.deepEqual(
      clauses({}, [steady], { metrics: [] }).map(({ name }) => name),
      ['paired'],
      'nothing is said of figures that are not there',
    );
    const [none] = paired([], { metrics: [] });
    assert.deepEqual([none?.name, none?.status], ['paired', 'undecided']);
  });
});

describe('the clause on a tag', () => {
  const of = (more: Parameters<typeof clauses>[2], outcomes: Outcome[] = times(3, steady)) =>
    only({ noRegression: ['t'] }, outcomes, more);

  it('says what is missing', () => {
    assert.deepEqual(only({ noRegression: ['x'] }, [steady]), ['undecided', 'no compared case has this tag']);
    const lost: Outcome = { ...steady, after: null };
    assert.deepEqual(of({}, [steady, lost]), ['undecided', '1 of its cases was not fully measured']);
    assert.deepEqual(of({}, [lost, lost]), ['undecided', '2 of its cases were not fully measured']);
    assert.deepEqual(of({ unseen: 1 }), ['undecided', '1 case was not run on either side']);
    assert.deepEqual(of({}), ['pass', 'none of 3 cases got worse than in the baseline']);
  });

  it('finds a case worse by passes, by score, or for certain in spite of holes', () => {
    const [one] = casesOf([steady]);
    assert.ok(one);
    const status = (more: object) => of({ cases: [{ ...one, ...more }] })[0];
    assert.equal(status({ change: 'degraded' }), 'fail');
    const half = { candidate: { ...one.candidate, trials: 2, passed: 1 }, change: 'neutral' };
    assert.equal(status(half), 'fail');
    assert.equal(status({ ...half, baseline: { ...one.baseline, trials: 4, passed: 2 } }), 'pass');
    const holes = (passed: number, unmeasured: number) => ({
      baseline: { ...one.baseline, trials: 2, passed: 1 },
      candidate: { ...one.candidate, trials: 4, passed, unmeasured },
      change: 'degraded',
    });
    assert.equal(status(holes(0, 1)), 'fail');
    assert.equal(status(holes(1, 1)), 'undecided');
  });
});

describe('the clause on the cost', () => {
  const of = (more: Parameters<typeof clauses>[2], outcomes: Outcome[]) =>
    only({ maxCostIncrease: 0.1 }, outcomes, more);

  it('fails for certain only where all of the baseline is known', () => {
    const dear: Outcome = { ...steady, cost: [0.01, 0.05] };
    assert.deepEqual(of({}, [dear]), ['fail', 'cost +400.0 %, at most +10 % allowed']);
    assert.deepEqual(of({ unseen: 1 }, [dear, { ...steady, cost: [null, 0.01] }]), [
      'undecided',
      'the cost of 2 of 3 cases is unknown',
    ]);
    assert.deepEqual(of({}, [dear, { ...steady, cost: [0.01, null] }]), [
      'fail',
      'cost at least +150.0 %, at most +10 % allowed',
    ]);
    const none = clauses({ maxCostIncrease: 0.1 }, []).find(({ name }) => name === 'max_cost_increase');
    assert.deepEqual(none?.status, 'undecided');
  });
});

describe('the clause on regressions', () => {
  const of = (shown: ('pass' | 'score')[], possible: ('pass' | 'score')[], gate: Partial<GatePolicy> = {}) =>
    only(gate, [steady], {
      verdict: { word: 'undecided', reason: '', evidence: [], regressions: { shown, possible } },
    });

  it('says which metrics are worse, may be, or are allowed to be', () => {
    const allow: Partial<GatePolicy> = { allowRegression: ['score'] };
    assert.deepEqual(of([], []), ['pass', 'neither pass rate nor mean score is significantly worse']);
    assert.deepEqual(of(['pass', 'score'], [], allow), [
      'fail',
      'pass rate is significantly worse than in the baseline',
    ]);
    assert.deepEqual(of([], ['pass', 'score'], allow), [
      'undecided',
      'pass rate would be significantly worse if what could not be measured went against the candidate',
    ]);
    assert.deepEqual(of(['score'], [], allow), [
      'pass',
      'mean score is worse, which allow_regression allows',
    ]);
    assert.deepEqual(of([], ['score'], allow)[0], 'pass');
  });
});
