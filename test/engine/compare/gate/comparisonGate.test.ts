import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgeComparison } from '../../../../src/engine/compare/gate/comparisonGate.ts';
import { judgeRun } from '../../../../src/engine/compare/gate/gate.ts';
import { compareCases } from '../../../../src/engine/compare/pairs/compareCases.ts';
import type { MetricComparison, SequentialProgress } from '../../../../src/engine/model/comparison.ts';
import type { GatePolicy } from '../../../../src/engine/model/gatePolicy.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { plan } from '../../../support/runFixtures.ts';
import { casesOf, type Outcome, resultsOf, times } from '../comparing.ts';

function judge(
  gate: Partial<GatePolicy>,
  outcomes: readonly Outcome[],
  options: {
    cases?: number;
    sequential?: SequentialProgress;
    unseen?: number;
    metric?: Partial<MetricComparison>;
  } = {},
) {
  const cases = casesOf(outcomes);
  const margin = gate.nonInferiorityMargin ?? 0.05;
  const compared = compareCases(cases, {
    margin,
    seed: 1,
    sequential: false,
    same: false,
    unseen: options.unseen ?? 0,
  });
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
    unseen: options.unseen ?? 0,
  };
  const after = resultsOf(outcomes).filter(({ target }) => target === 'after');
  const summary = summarize(plan({ targets: ['after'], cases: options.cases ?? outcomes.length }), after);
  return judgeComparison(
    { undecided: 'fail', ...gate },
    {
      ...compared,
      metrics: compared.metrics.map((metric) => ({ ...metric, ...options.metric })),
      cases,
      counts,
      sequential: options.sequential ?? null,
    },
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

  it('draws the line of non-inferiority at 5 % and at the margin themselves', () => {
    const found = (metric: Partial<MetricComparison>) =>
      status(judge({ nonInferiorityMargin: 0.05 }, times(40, steady), { metric }), 'non_inferiority_margin');
    const interval = { low: -0.2, high: -0.05 };
    assert.deepEqual(
      [
        found({ nonInferiorityP: 0.05 }),
        found({ nonInferiorityP: 0.0501 }),
        found({ nonInferiorityP: null }),
        found({ nonInferiorityP: 1, interval }),
        found({ nonInferiorityP: 1, interval: { ...interval, high: -0.0501 } }),
      ],
      ['pass', 'undecided', 'undecided', 'undecided', 'fail'],
    );
  });

  it('leaves non-inferiority undecided where a metric was not measured', () => {
    const report = judge({ nonInferiorityMargin: 0.05 }, times(40, { before: null, after: 1 }));
    const clause = report.clauses.find(({ name }) => name === 'non_inferiority_margin');
    assert.deepEqual([clause?.status, clause?.reason], ['undecided', 'pass rate or score was not measured']);
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
    // Seven times 0.0033 is more than seven times 0.003 and a tenth, by rounding alone.
    assert.equal(status(judge(gate, times(7, { ...steady, cost: [0.003, 0.0033] })), name), 'pass');
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

  describe('the clause on regressions', () => {
    const worse = [...times(20, { before: 0.9, after: 0.2 }), ...times(20, { before: 0.9, after: 0.9 })];
    /** Passes rise, scores fall. */
    const mixed = [...times(30, { before: 0.49, after: 0.51 }), ...times(40, { before: 1, after: 0.6 })];

    it('fails a significantly worse candidate, whatever else the policy says', () => {
      for (const undecided of ['fail', 'pass'] as const) {
        const report = judge({ minPassRate: { overall: 0.1, tags: {} }, undecided }, worse);
        assert.equal(report.passed, false);
        assert.equal(
          report.reason,
          'regression: pass rate and mean score are significantly worse than in the baseline',
        );
      }
      assert.equal(status(judge({}, times(30, { before: 0.2, after: 0.9 })), 'regression'), 'pass');
    });

    it('is lifted for the metrics that allow_regression names', () => {
      assert.equal(judge({ allowRegression: ['pass', 'score'] }, worse).passed, true);
      assert.equal(judge({ allowRegression: ['score'] }, worse).passed, false);
      assert.equal(
        judge({ allowRegression: ['score'] }, worse).reason,
        'regression: pass rate is significantly worse than in the baseline',
      );
      assert.equal(judge({}, mixed).passed, false);
      assert.equal(judge({ allowRegression: ['pass'] }, mixed).passed, false);
      const allowed = judge({ allowRegression: ['score'] }, mixed);
      assert.equal(allowed.passed, true);
      assert.equal(allowed.clauses.at(-1)?.reason, 'mean score is worse, which allow_regression allows');
    });

    it('is undecided, and never waived, where what is missing could make it worse', () => {
      const lost = [...times(30, { before: 0.9, after: 0.9 }), ...times(10, { before: 0.9, after: null })];
      const report = judge({ undecided: 'pass' }, lost);
      assert.equal(report.passed, false);
      assert.equal(
        report.reason,
        'regression: undecided, pass rate and mean score would be significantly worse if what could not be measured went against the candidate',
      );
      assert.equal(judge({ allowRegression: ['pass', 'score'] }, lost).passed, true);
    });
  });

  it('says that there is nothing to compare with where the baseline was not measured', () => {
    const report = judge(
      { minPassRate: { overall: 0.5, tags: {} }, undecided: 'pass' },
      times(40, { before: null, after: 1 }),
    );
    assert.equal(report.passed, false);
    assert.equal(
      report.reason,
      'baseline: undecided, no case of the baseline was measured: there is nothing to compare with',
    );
    const neither = judge({ undecided: 'pass' }, [
      ...times(5, { before: null, after: 1 }),
      ...times(5, { before: 1, after: null }),
    ]);
    assert.match(neither.reason ?? '', /^paired: undecided, no case was measured on both sides/);
    assert.match(
      judge({ undecided: 'pass' }, []).reason ?? '',
      /; paired: undecided, no case could be compared/,
    );
  });

  it('lets an identical candidate pass like an equivalent one, but only where all of it was measured', () => {
    const gate = { nonInferiorityMargin: 0.05 };
    const same: Outcome = { before: 1, after: 1, sameOutput: true };
    const report = judge(gate, times(3, same));
    assert.equal(report.passed, true);
    assert.equal(report.clauses[0]?.reason, 'every output, verdict and score is the same on both sides');
    assert.equal(judge(gate, [...times(3, same), { ...same, after: null }]).passed, false);
    assert.equal(judge(gate, times(3, { before: 1, after: 1 })).passed, false, 'the outputs differ');
    assert.equal(judge(gate, [...times(3, same), { before: 1, after: 0.9, sameOutput: true }]).passed, false);
  });

  it('fails a cost that rises however little the unknown costs of the candidate are', () => {
    const gate = { maxCostIncrease: 0.1 };
    const cost = (...pairs: [number | null, number | null][]) =>
      judge(
        gate,
        pairs.map((pair): Outcome => ({ ...steady, cost: pair })),
      ).clauses.find(({ name }) => name === 'max_cost_increase');
    assert.equal(cost([0.01, 0.05], [0.01, null])?.status, 'fail');
    assert.equal(cost([0.01, 0.05], [0.01, null])?.reason, 'cost at least +150.0 %, at most +10 % allowed');
    assert.equal(cost([0.01, 0.01], [0.01, null])?.reason, 'the cost of 1 of 2 cases is unknown');
    assert.equal(cost([0.01, 0.05], [null, 0.01])?.status, 'undecided');
    assert.equal(cost([0.01, 0.011])?.reason, 'cost +10.0 %, at most +10 % allowed');
    assert.equal(cost([0.02, 0.01])?.reason, 'cost −50.0 %, at most +10 % allowed');
    assert.equal(cost([0, 0.01])?.reason, 'the baseline costs nothing, the candidate does');
    assert.equal(cost([0, 0])?.reason, 'neither side costs anything');
  });

  it('does not hold up a comparison that stopped early, but for tags whose other cases were not run', () => {
    const sequential = { pairs: 20, planned: 60, stopped: true, savedCostUsd: null };
    const stopped = judge({ noRegression: ['critical'] }, times(20, steady), { cases: 60, sequential });
    assert.deepEqual(
      stopped.clauses.map(({ name, status: found }) => [name, found]),
      [
        ['no_regression[critical]', 'undecided'],
        ['regression', 'pass'],
      ],
    );
    assert.match(
      stopped.reason ?? '',
      /undecided, the comparison stopped early, before all of its cases were run$/,
    );
    assert.equal(judge({}, times(20, steady), { cases: 60, sequential }).passed, true);
    const needed = { ...sequential, pairs: 20, planned: 20, stopped: false };
    assert.equal(judge({}, times(20, steady), { cases: 60, sequential: needed }).passed, false);
    const same = times(3, { before: 1, after: 1, sameOutput: true } as const);
    const gate = { nonInferiorityMargin: 0.05 };
    assert.equal(judge(gate, same, { cases: 60, sequential }).passed, false, 'the others may differ');
  });

  it('counts what was run on neither side against every clause that compares', () => {
    const clause = (gate: Partial<GatePolicy>, name: string, unseen: number) =>
      judge(gate, times(20, steady), { unseen }).clauses.find((one) => one.name === name);
    assert.equal(
      clause({ noRegression: ['critical'] }, 'no_regression[critical]', 2)?.reason,
      '2 cases were not run on either side',
    );
    assert.equal(
      clause({ maxCostIncrease: 0.1 }, 'max_cost_increase', 2)?.reason,
      'the cost of 2 of 22 cases is unknown',
    );
    assert.equal(clause({ maxCostIncrease: 0.1 }, 'max_cost_increase', 0)?.status, 'pass');
    const same = times(3, { before: 1, after: 1, sameOutput: true } as const);
    assert.equal(judge({ nonInferiorityMargin: 0.05 }, same, { unseen: 1 }).passed, false);
    const dear = judge({ maxCostIncrease: 0.1 }, times(3, { ...steady, cost: [0.01, 0.05] }), { unseen: 1 });
    assert.equal(status(dear, 'max_cost_increase'), 'undecided');
  });

  it('holds a tag to every trial of its cases', () => {
    const gate = { noRegression: ['critical'] };
    const clause = (outcomes: readonly Outcome[]) =>
      judge(gate, outcomes).clauses.find(({ name }) => name === 'no_regression[critical]');
    assert.equal(
      clause([...times(2, steady), ...times(5, { ...steady, after: 0 })])?.reason,
      '5 of 7 cases got worse than in the baseline: case-2, case-3, case-4 and 2 more',
    );
    assert.equal(
      clause(times(3, { ...steady, after: 0 }))?.reason,
      '3 of 3 cases got worse than in the baseline: case-0, case-1, case-2',
    );
    assert.equal(clause(times(1, steady))?.reason, 'none of 1 case got worse than in the baseline');
    assert.equal(
      clause([steady, { ...steady, before: null }])?.reason,
      '1 of its cases was not fully measured',
    );
    assert.equal(
      clause([...times(2, { ...steady, after: null }), { ...steady, after: 0 }])?.status,
      'fail',
      'one case got worse for certain',
    );
    assert.equal(clause([{ ...steady, before: 1, after: 0.9 }])?.status, 'fail', 'the score alone');
  });
});
