import assert from 'node:assert/strict';
import { dollars, percent } from '../../../../src/engine/compare/gate/clauseText.ts';
import { type GatedComparison, judgeComparison } from '../../../../src/engine/compare/gate/comparisonGate.ts';
import { judgeRun } from '../../../../src/engine/compare/gate/gate.ts';
import { compareCases } from '../../../../src/engine/compare/pairs/compareCases.ts';
import { pairCases } from '../../../../src/engine/compare/pairs/pairCases.ts';
import type { MetricName } from '../../../../src/engine/model/comparison.ts';
import type { GatePolicy } from '../../../../src/engine/model/gatePolicy.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { plan, trialResult } from '../../../support/runFixtures.ts';
import { PAIR } from '../comparing.ts';

const STATUS = { '+': 'passed', '-': 'failed', '!': 'errored' } as const;

/** The trials of one side, case by case: `+` passed, `-` failed, `!` errored. */
function side(target: 'before' | 'after', cases: readonly string[]) {
  return cases.flatMap((marks, caseIndex) =>
    [...marks].map((mark, trial) => {
      const status = STATUS[mark as keyof typeof STATUS];
      return trialResult({
        target,
        caseIndex,
        trial,
        status,
        tags: ['critical'],
        score: status === 'errored' ? null : status === 'passed' ? 1 : 0,
      });
    }),
  );
}

/** Each case as `baseline>candidate`; `metrics` keeps these alone. */
function judge(
  gate: Partial<GatePolicy>,
  pairs: readonly string[],
  metrics: readonly MetricName[] = ['pass', 'score'],
) {
  const [before, after] = [0, 1].map((at) => pairs.map((pair) => pair.split('>')[at] ?? ''));
  const results = [...side('before', before ?? []), ...side('after', after ?? [])];
  const source = { results: () => results, contentOf: () => '' };
  const { cases } = pairCases(source, source, [PAIR]);
  const compared = compareCases(cases, { margin: 0.05, seed: 1, sequential: false, same: false });
  const comparison: GatedComparison = {
    ...compared,
    metrics: compared.metrics.filter(({ metric }) => metrics.includes(metric)),
    cases,
    counts: {
      pairs: cases.length,
      improved: 0,
      degraded: 0,
      neutral: 0,
      unmeasured: 0,
      clusters: cases.length,
      baselineOnly: 0,
      candidateOnly: 0,
      changedContent: 0,
      unseen: 0,
    },
    sequential: null,
  };
  const candidates = results.filter(({ target }) => target === 'after');
  const summary = summarize(plan({ targets: ['after'], cases: cases.length }), candidates);
  return judgeComparison({ undecided: 'fail', ...gate }, comparison, { ...summary, missing: 0 });
}

const times = (count: number, pair: string) => Array.from({ length: count }, () => pair);

describe('the edges of a gate', () => {
  it('lie where trials are counted, not where shares are rounded', () => {
    const clause = (pair: string) => judge({ noRegression: ['critical'] }, [pair]).clauses[0];
    const statuses: [string, string][] = [
      ['++>+!', 'undecided'],
      ['++>-!', 'fail'],
      ['+++>+!!', 'undecided'],
      ['+++>+-!', 'fail'],
      ['+++->++-!', 'undecided'],
      ['+++->+--!', 'fail'],
      ['++->+-!', 'undecided'],
      ['++->--!!-', 'fail'],
      ['++!>++', 'undecided'],
      ['++!>+-', 'fail'],
      ['++!>!!', 'undecided'],
      ['++-++->++--++', 'pass'],
      ['++->++-', 'pass'],
      ['++->+-+', 'pass'],
    ];
    for (const [pair, status] of statuses) assert.equal(clause(pair)?.status, status, pair);
  });

  it('hold a significant regression against the candidate where one metric alone was measured', () => {
    const report = judge({}, [...times(20, '+>-'), ...times(20, '+>+')], ['pass']);
    assert.match(report.reason ?? '', /^regression: pass rate and mean score are significantly worse/);
    const margin = judge({ nonInferiorityMargin: 0.05 }, times(100, '+>+'), ['pass']);
    assert.equal(margin.reason, 'non_inferiority_margin: undecided, pass rate or score was not measured');
  });

  it('say which metrics a policy lets regress, also where that is only possible', () => {
    const report = judge({ allowRegression: ['pass', 'score'] }, [...times(30, '+>+'), ...times(10, '+>!')]);
    assert.equal(
      report.clauses.at(-1)?.reason,
      'pass rate and mean score are worse, which allow_regression allows',
    );
  });

  it('ask the figures that are shown to bear non-inferiority, and not the filled ones alone', () => {
    const clause = (count: number) =>
      judge({ nonInferiorityMargin: 0.05 }, [...times(count, '++>++'), ...times(200, '-->!!')]).clauses.find(
        ({ name }) => name === 'non_inferiority_margin',
      );
    assert.equal(clause(100)?.status, 'pass');
    assert.equal(clause(5)?.status, 'undecided');
  });

  it('are told in the order of the documentation', () => {
    const policy: GatePolicy = {
      undecided: 'fail',
      minPassRate: { overall: 0, tags: { critical: 0 } },
      minScore: 0,
      noRegression: ['critical'],
      maxCostUsd: 1,
      maxP95LatencyMs: 1,
      maxFlakyShare: 1,
      maxErrors: 0,
    };
    const summary = summarize(plan({ cases: 3 }), side('after', ['!']));
    assert.deepEqual(
      judgeRun(policy, summary).clauses.map(({ name }) => name),
      [
        'complete',
        'measured',
        'min_pass_rate',
        'min_pass_rate[critical]',
        'min_score',
        'no_regression[critical]',
        'max_cost_usd',
        'max_p95_latency_ms',
        'max_flaky_share',
        'max_errors',
      ],
    );
  });

  it('are written with as many digits as tell them apart', () => {
    assert.deepEqual(
      [percent(1e-9, 0), percent(2e-9, 0), percent(0.79999, 0.8), percent(0.7996, 0.8), percent(0.8)],
      ['0.0 %', '0.0000 %', '79.999 %', '79.96 %', '80.0 %'],
    );
    assert.deepEqual([0, 3, 0.0015, 0.000123456, 12.3456, 1234.567, 12345.678].map(dollars), [
      '$0.00',
      '$3.00',
      '$0.0015',
      '$0.0001235',
      '$12.35',
      '$1234.57',
      '$12345.68',
    ]);
  });
});
