import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareCases } from '../../../src/engine/compare/compareCases.ts';
import { judgeComparison } from '../../../src/engine/compare/comparisonGate.ts';
import { judgeRun } from '../../../src/engine/compare/gate.ts';
import type { GatePolicy } from '../../../src/engine/model/gatePolicy.ts';
import { summarize } from '../../../src/engine/runs/summarize.ts';
import { plan } from '../../support/runFixtures.ts';
import { casesOf, type Outcome, resultsOf, times } from './comparing.ts';

function judge(gate: Partial<GatePolicy>, outcomes: readonly Outcome[], options: { cases?: number } = {}) {
  const cases = casesOf(outcomes);
  const margin = gate.nonInferiorityMargin ?? 0.05;
  const compared = compareCases(cases, { margin, seed: 1, sequential: false, same: false });
  const counts = {
    pairs: cases.length,
    improved: 0,
    degraded: 0,
    neutral: 0,
    unmeasured: cases.filter(({ change }) => change === 'unmeasured').length,
    clusters: cases.length,
    baselineOnly: 0,
    candidateOnly: 0,
    changedContent: 0,
    unseen: 0,
  };
  const after = resultsOf(outcomes).filter(({ target }) => target === 'after');
  const summary = summarize(plan({ targets: ['after'], cases: options.cases ?? outcomes.length }), after);
  return judgeComparison(
    { undecided: 'fail', ...gate },
    { ...compared, cases, counts, sequential: null },
    summary,
  );
}

const status = (report: ReturnType<typeof judge>, name: string) =>
  report.clauses.find((clause) => clause.name === name)?.status;

const steady: Outcome = { before: 1, after: 1, tags: ['critical'], cost: [0.01, 0.01] };

describe('judgeComparison', () => {
  it('fails on a single regression under a tag, and names it', () => {
    const gate = { noRegression: ['critical'] };
    assert.equal(judge(gate, times(20, steady)).passed, true);
    const report = judge(gate, [...times(19, steady), { ...steady, after: 0 }]);
    assert.equal(report.passed, false);
    assert.match(report.clauses[0]?.reason ?? '', /1 of 20 cases got worse than in the baseline: case-19/);
    const elsewhere = judge(gate, [...times(19, steady), { before: 1, after: 0 }]);
    assert.equal(elsewhere.passed, true);
  });

  it('leaves a tag undecided that no case has, or that was not measured', () => {
    assert.equal(
      status(judge({ noRegression: ['gone'] }, times(5, steady)), 'no_regression[gone]'),
      'undecided',
    );
    const unmeasured = judge({ noRegression: ['critical'] }, [
      ...times(5, steady),
      { ...steady, after: null },
    ]);
    assert.equal(status(unmeasured, 'no_regression[critical]'), 'undecided');
    assert.equal(unmeasured.passed, false);
  });

  it('asks for proof of non-inferiority, not for the absence of proof', () => {
    const name = 'non_inferiority_margin';
    const gate = { nonInferiorityMargin: 0.05 };
    assert.equal(status(judge(gate, times(100, steady)), name), 'pass');
    assert.equal(status(judge(gate, times(20, steady)), name), 'undecided');
    assert.equal(judge(gate, times(20, steady)).passed, false);
    assert.equal(judge({ ...gate, undecided: 'pass' }, times(20, steady)).passed, true);
    const lost = [...times(60, steady), ...times(40, { ...steady, after: 0 })];
    assert.equal(status(judge(gate, lost), name), 'fail');
    const missing = [...times(100, steady), { ...steady, after: null }];
    assert.equal(status(judge(gate, missing), name), 'pass', 'even if that one were lost');
    const holes = [...times(100, steady), ...times(9, { ...steady, after: null })];
    assert.equal(status(judge(gate, holes), name), 'undecided');
    assert.match(judge(gate, holes).reason ?? '', /whatever the 9 cases not fully measured would have given/);
  });

  it('holds the cost to the baseline, and unknown costs open', () => {
    const gate = { maxCostIncrease: 0.1 };
    const name = 'max_cost_increase';
    const costs = (before: number | null, after: number | null) =>
      status(judge(gate, times(10, { ...steady, cost: [before, after] })), name);
    assert.equal(costs(0.01, 0.011), 'pass');
    assert.equal(costs(0.01, 0.0111), 'fail');
    assert.equal(costs(0.01, null), 'undecided');
    assert.equal(costs(0, 0), 'pass');
    assert.equal(costs(0, 0.001), 'fail');
  });

  it('keeps the clauses of a run for the candidate', () => {
    const report = judge({ minPassRate: { overall: 0.9, tags: {} } }, times(10, { before: 1, after: 0 }));
    assert.equal(status(report, 'min_pass_rate'), 'fail');
    assert.equal(judge({}, times(10, steady), { cases: 11 }).passed, false, 'one case is missing');
  });

  it('never passes without a pair', () => {
    assert.equal(judge({ undecided: 'pass' }, []).passed, false);
  });

  it('asks none of it of a single run', () => {
    const gate = { noRegression: ['critical'], nonInferiorityMargin: 0.05, maxCostIncrease: 0.1 };
    const results = resultsOf(times(3, steady)).filter(({ target }) => target === 'after');
    const report = judgeRun(
      { undecided: 'fail', ...gate },
      summarize(plan({ targets: ['after'], cases: 3 }), results),
    );
    assert.equal(report.passed, true);
    assert.deepEqual(
      report.clauses.map((clause) => clause.status),
      ['not-asked', 'not-asked', 'not-asked'],
    );
  });
});
