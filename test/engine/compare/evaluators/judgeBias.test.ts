import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareEvaluators } from '../../../../src/engine/compare/evaluators/evaluatorAgreement.ts';
import { orderSwaps, selfPreference } from '../../../../src/engine/compare/evaluators/judgeBias.ts';
import { judgeHealth } from '../../../../src/engine/compare/evaluators/judgeHealth.ts';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { cascadeSnippet } from '../../../../src/engine/reports/cascadeSnippet.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';

function scored(name: string, score: number, detail: JsonObject): Evaluation {
  return {
    name,
    type: name,
    stage: 'judge',
    weight: 1,
    latencyMs: 1,
    reason: '',
    status: 'scored',
    score,
    pass: score >= 0.5,
    detail,
  };
}

const choices = (details: readonly JsonObject[]): TrialResult[] =>
  details.map((detail, caseIndex) => trialResult({ caseIndex, evaluations: [scored('judge', 0.5, detail)] }));

describe('selfPreference', () => {
  it('is known from five outputs on either side', () => {
    const outputs = (own: number, others: number) => [
      ...Array.from({ length: own }, () => ({ own: true, excess: 0.3 })),
      ...Array.from({ length: others }, () => ({ own: false, excess: 0.1 })),
    ];
    assert.deepEqual([selfPreference(outputs(4, 9)), selfPreference(outputs(9, 4))], [null, null]);
    assert.equal(selfPreference(outputs(5, 5))?.toFixed(6), '0.200000');
  });
});

describe('orderSwaps', () => {
  it('counts choices that follow the place and not the answer', () => {
    const results = choices([
      { orders: ['win', 'win'] },
      { orders: ['win', 'loss'] },
      { orders: ['tie', 'loss'] },
      { orders: ['loss', 'win'] },
      { orders: ['tie', 'tie'] },
      { choices: ['a', 'a'] },
      { choices: ['a', 'b'] },
      { choices: ['b', 'a'] },
      { choices: ['b', 'c'] },
      { other: true },
    ]);
    assert.deepEqual(orderSwaps(results, 'judge'), { choices: 9, consistent: 3, lean: 2 });
    assert.deepEqual(orderSwaps(results, 'another'), { choices: 0, consistent: 0, lean: 0 });
  });

  it('makes a judge unhealthy, and says where it leans', () => {
    const leaning = choices(
      Array.from({ length: 30 }, (_, at) => ({ orders: at < 10 ? ['win', 'loss'] : ['win', 'win'] })),
    );
    const health = judgeHealth(leaning, { judge: 'judge' });
    const order = health.checks.find(({ check }) => check === 'order');
    assert.equal(order?.status, 'fail');
    assert.match(order?.reason ?? '', /20 of 30 choices stay .* leans to the first answer/);
    assert.equal(health.status, 'unhealthy');
    const both = compareEvaluators(leaning, { first: 'judge', second: 'judge' });
    assert.equal(both.positionBias.first, 10 / 30);
  });
});

describe('compareEvaluators, of judges that wrote some of the outputs', () => {
  /** Half of the outputs are by m1; `own` is what the judge m1 adds to them. */
  function judgedBy(own: number): TrialResult[] {
    return Array.from({ length: 20 }, (_, caseIndex) => {
      const mine = caseIndex % 2 === 0;
      const model = mine ? 'm1-2026-01-01' : 'm2';
      return trialResult({
        caseIndex,
        output: complete('text', { model }),
        evaluations: [
          scored('one', mine ? 0.5 + own : 0.5, { judge: 'p/m1' }),
          scored('two', 0.5, { judge: 'p/m3' }),
        ],
      });
    });
  }

  it('tells how much a judge prefers its own model', () => {
    const found = compareEvaluators(judgedBy(0.25), { first: 'one', second: 'two' });
    assert.deepEqual(found.selfPreference, { first: 0.25, second: null });
    assert.equal(compareEvaluators(judgedBy(0), { first: 'one', second: 'two' }).selfPreference.first, 0);
  });

  it('holds it against labels where there are enough', () => {
    // The outputs of its own are as much better as it says.
    const labelOf = ({ caseIndex }: TrialResult) => caseIndex % 2 === 0;
    const found = compareEvaluators(judgedBy(0.5), { first: 'one', second: 'two', labelOf });
    assert.equal(found.selfPreference.first, -0.5);
  });
});

describe('judgeHealth over trials of one run', () => {
  it('takes equal outputs of a case for a test and its retest', () => {
    const trials = (flips: boolean) =>
      Array.from({ length: 60 }, (_, at) => {
        const [caseIndex, trial] = [Math.floor(at / 2), at % 2];
        const pass = (caseIndex + (flips ? trial : 0)) % 2;
        return trialResult({ caseIndex, trial, evaluations: [scored('judge', pass, {})] });
      });
    const retest = (results: TrialResult[]) =>
      judgeHealth(results, { judge: 'judge' }).checks.find(({ check }) => check === 'test-retest');
    assert.deepEqual([retest(trials(false))?.status, retest(trials(false))?.value], ['pass', 1]);
    assert.deepEqual([retest(trials(true))?.status, retest(trials(true))?.value], ['fail', -1]);
  });

  it('averages the trials of a case before it corrects the pass rate', () => {
    const results = Array.from({ length: 160 }, (_, at) =>
      trialResult({
        caseIndex: Math.floor(at / 2),
        trial: at % 2,
        evaluations: [scored('judge', at % 2, {})],
      }),
    );
    const labelOf = ({ caseIndex }: TrialResult) => (caseIndex < 40 ? true : undefined);
    const { judged, corrected } = judgeHealth(results, { judge: 'judge', labelOf });
    // Both trials of a case may err together, so that forty cases say what forty labels do: Clopper & Pearson's interval.
    assert.deepEqual([judged, corrected?.mean, corrected?.interval.high], [0.5, 1, 1]);
    assert.ok(Math.abs((corrected?.interval.low ?? 0) - 0.025 ** (1 / 40)) < 1e-9);
    const few = judgeHealth(results, {
      judge: 'judge',
      labelOf: ({ caseIndex }) => (caseIndex < 15 ? true : undefined),
    });
    assert.equal(few.corrected, null);
  });

  it('takes the labels alone where every output has one', () => {
    const results = Array.from({ length: 40 }, (_, caseIndex) =>
      trialResult({ caseIndex, evaluations: [scored('judge', 1, {})] }),
    );
    const { judged, corrected } = judgeHealth(results, {
      judge: 'judge',
      labelOf: ({ caseIndex }) => caseIndex < 30,
    });
    assert.deepEqual([judged, corrected?.mean], [1, 0.75]);
    // Clopper & Pearson's for 30 of 40.
    assert.equal(corrected?.interval.low.toFixed(4), '0.5880');
    assert.equal(corrected?.interval.high.toFixed(4), '0.8731');
  });
});

describe('cascadeSnippet', () => {
  const base = { outputs: 1, settled: 1, holds: true, heldOut: { settled: 1, agreement: 1, interval: null } };

  it('never settles more than was checked', () => {
    assert.equal(
      cascadeSnippet({ ...base, stage: 'lexical', thresholds: { fail: 0.33337, pass: 0.66662 } }),
      'cascade: { thresholds: { lexical: 0.3333 }, pass: { lexical: 0.6667 }, audit: 0.05 }',
    );
    assert.equal(
      cascadeSnippet({ ...base, stage: 'heuristic', thresholds: { fail: null, pass: null } }),
      'cascade: { thresholds: { heuristic: 0 }, audit: 0.05 }',
    );
  });
});
