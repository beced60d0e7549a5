import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import { summarize } from '../../../../src/engine/runs/tally/summarize.ts';
import { exactShareInterval } from '../../../../src/engine/statistics/exactShare.ts';
import { complete, plan, trialResult } from '../../../support/runFixtures.ts';

function evaluation(more: Partial<Evaluation>): Evaluation {
  return {
    name: 'rubric',
    type: 'rubric',
    stage: 'judge',
    weight: 1,
    latencyMs: 200,
    status: 'scored',
    score: 1,
    pass: true,
    reason: '',
    ...more,
  } as Evaluation;
}

describe('summarize', () => {
  it('has no figures without results, and says what is missing', () => {
    const summary = summarize(plan({ cases: 3 }), []);
    assert.equal(summary.missing, 3);
    assert.equal(summary.total.passRate, null);
    assert.equal(summary.total.meanScore, null);
    assert.equal(summary.total.costUsd, null);
    assert.equal(summary.total.latencyMs, null);
  });

  it('averages the trials of a case first, and finds flaky cases and pass^k', () => {
    const results = [
      trialResult({ caseIndex: 0, trial: 0, status: 'passed' }),
      trialResult({ caseIndex: 0, trial: 1, status: 'failed' }),
      trialResult({ caseIndex: 1, trial: 0, status: 'passed' }),
      trialResult({ caseIndex: 1, trial: 1, status: 'passed' }),
    ];
    const { total } = summarize(plan({ cases: 2, repeat: 2 }), results);
    assert.equal(total.passRate, 0.75);
    assert.equal(total.flakyCases, 1);
    assert.deepEqual(total.passHatK, [0.75, 0.5]);
    assert.equal(total.meanScore, 0.75);
    assert.equal(total.cases, 2);
    assert.equal(total.trials, 4);
  });

  it('counts an errored trial as not passed, and leaves its latency and score out', () => {
    const error = {
      ...complete(''),
      status: 'error' as const,
      error: { code: 'timeout', message: 'x', transient: true },
      latencyMs: 60_000,
      costUsd: null,
    };
    const results = [
      trialResult({ caseIndex: 0, output: complete('a', { latencyMs: 10 }) }),
      trialResult({ caseIndex: 1, status: 'errored', score: null, output: error }),
    ];
    const { total } = summarize(plan({ cases: 2 }), results);
    assert.equal(total.passRate, 0.5);
    assert.equal(total.meanScore, 1);
    assert.deepEqual(total.latencyMs, { p50: 10, p95: 10, p99: 10 });
    assert.equal(total.unknownCosts, 1);
  });

  it('groups by target, by tag and by both', () => {
    const results = [
      trialResult({ target: 'a', caseIndex: 0, tags: ['critical', 'x'] }),
      trialResult({ target: 'a', caseIndex: 1, tags: ['x'], status: 'failed' }),
      trialResult({ target: 'b', caseIndex: 0, tags: ['critical', 'x'], status: 'failed' }),
    ];
    const summary = summarize(plan({ targets: ['a', 'b'], cases: 2 }), results);
    assert.deepEqual(
      summary.tags.map(({ tag, summary: { passed, trials } }) => [tag, passed, trials]),
      [
        ['critical', 1, 2],
        ['x', 1, 3],
      ],
    );
    assert.equal(summary.targets[1]?.tags[0]?.summary.passed, 0);
    assert.equal(summary.missing, 1);
  });

  it('does not take the same cases at a second target for more cases', () => {
    const of = (target: string) =>
      Array.from({ length: 200 }, (_, caseIndex) =>
        trialResult({ target, caseIndex, tags: ['x'], status: caseIndex % 4 === 0 ? 'failed' : 'passed' }),
      );
    const one = summarize(plan({ targets: ['a'], cases: 200 }), of('a')).total;
    const two = summarize(plan({ targets: ['a', 'b'], cases: 200 }), [...of('a'), ...of('b')]);
    for (const group of [two.total, two.tags[0]?.summary]) {
      const width = (group?.passRateInterval?.high ?? 0) - (group?.passRateInterval?.low ?? 0);
      const expected = (one.passRateInterval?.high ?? 0) - (one.passRateInterval?.low ?? 0);
      // Wider by the method for cases that were measured more than once, not narrower by half.
      assert.ok(width >= expected && width < expected * 1.1, `${width} is not ${expected}`);
      assert.ok(Math.abs((group?.scoreStandardError ?? 0) - (one.scoreStandardError ?? 1)) < 1e-9);
    }
  });

  it('says which stage settled the cases and what that saved', () => {
    const early = {
      stage: 'heuristic' as const,
      early: true,
      reason: '',
      skipped: [{ name: 'rubric', stage: 'judge' as const }],
    };
    const results = [
      trialResult({
        caseIndex: 0,
        evaluations: [evaluation({ costUsd: 0.02 })],
        settlement: { ...early, stage: 'judge', early: false, skipped: [] },
      }),
      trialResult({ caseIndex: 1, status: 'failed', settlement: early }),
      trialResult({
        caseIndex: 2,
        status: 'failed',
        settlement: { ...early, audited: { agrees: false } },
      }),
    ];
    const summary = summarize(plan({ cases: 3 }), results);
    assert.deepEqual(summary.cascade, {
      judgeCalls: 1,
      judgeCallsSaved: 2,
      judgeCostUsd: 0.02,
      savedCostUsd: 0.04,
      savedMs: 400,
      audited: { trials: 1, agreed: 0, interval: exactShareInterval(0, 1) },
    });
    assert.deepEqual(summary.stages, [
      { stage: 'heuristic', settled: 2, early: 2 },
      { stage: 'judge', settled: 1, early: 0 },
    ]);
    assert.equal(summary.evaluators[0]?.leftOut, 2);
  });

  it('counts every call of a judge, and saves by each judge’s own mean', () => {
    const pair = { name: 'pairwise', type: 'pairwise', calls: 2, costUsd: 0.1, latencyMs: 900 };
    const skip = (name: string) => ({ name, stage: 'judge' as const });
    const early = { stage: 'lexical' as const, early: true, reason: '' };
    const results = [
      trialResult({ evaluations: [evaluation({ costUsd: 0.01 }), evaluation(pair)] }),
      trialResult({ caseIndex: 1, settlement: { ...early, skipped: [skip('pairwise')] } }),
    ];
    const { audited: _, ...found } = summarize(plan({ cases: 2 }), results).cascade;
    assert.deepEqual(found, {
      judgeCalls: 3,
      judgeCallsSaved: 2,
      judgeCostUsd: 0.11,
      savedCostUsd: 0.1,
      savedMs: 900,
    });
    const never = trialResult({ caseIndex: 2, settlement: { ...early, skipped: [skip('never-ran')] } });
    const { cascade } = summarize(plan({ cases: 3 }), [...results, never]);
    assert.deepEqual([cascade.judgeCallsSaved, cascade.savedCostUsd, cascade.savedMs], [3, null, null]);
  });

  it('knows that a judge that turned the call away cost nothing', () => {
    const down = evaluation({ status: 'error', calls: 0 } as Partial<Evaluation>);
    const { cascade } = summarize(plan({ cases: 1 }), [trialResult({ evaluations: [down] })]);
    assert.deepEqual([cascade.judgeCalls, cascade.judgeCostUsd], [0, 0]);
  });

  it('claims no saved money where a judge’s cost is unknown', () => {
    const results = [
      trialResult({ evaluations: [evaluation({ costUsd: null })] }),
      trialResult({
        caseIndex: 1,
        settlement: {
          stage: 'lexical',
          early: true,
          reason: '',
          skipped: [{ name: 'rubric', stage: 'judge' }],
        },
      }),
    ];
    const { cascade } = summarize(plan({ cases: 2 }), results);
    assert.equal(cascade.judgeCostUsd, null);
    assert.equal(cascade.savedCostUsd, null);
  });
});
