import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { judgedOutputs } from '../../../../src/engine/compare/evaluators/judgedOutputs.ts';
import { passRates } from '../../../../src/engine/compare/evaluators/judgedRate.ts';
import { judgeHealth } from '../../../../src/engine/compare/evaluators/judgeHealth.ts';
import { judgedAgain, judgedTwice } from '../../../../src/engine/compare/evaluators/retest.ts';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';

/** A judgement of one output; a score of null is an error. */
interface Judged {
  score: number | null;
  caseIndex?: number;
  trial?: number;
  text?: string;
  cluster?: string;
  detail?: JsonObject;
}

function results(judged: readonly Judged[]): TrialResult[] {
  return judged.map(({ score, caseIndex, trial = 0, text, cluster, detail }, at) =>
    trialResult({
      caseIndex: caseIndex ?? at,
      trial,
      output: complete(text ?? `t${at}`),
      evaluations: [evaluation(score, detail)],
      ...(cluster === undefined ? {} : { cluster }),
    }),
  );
}

function evaluation(score: number | null, detail?: JsonObject): Evaluation {
  const base = {
    name: 'judge',
    type: 'rubric',
    stage: 'judge',
    weight: 1,
    latencyMs: 1,
    reason: '',
  } as const;
  if (score === null) return { ...base, status: 'error' };
  return { ...base, status: 'scored', score, pass: score >= 0.5, ...(detail ? { detail } : {}) };
}

const list = (count: number, of: (at: number) => Judged): Judged[] =>
  Array.from({ length: count }, (_, at) => of(at));

function statusOf(check: string, judged: readonly Judged[], labelOf?: (result: TrialResult) => boolean) {
  const health = judgeHealth(results(judged), { judge: 'judge', ...(labelOf ? { labelOf } : {}) });
  return health.checks.find((entry) => entry.check === check)?.status;
}

describe('the limits of a judge', () => {
  it('lets one of twenty judgements fail, and no more', () => {
    const failing = (errors: number, count: number) =>
      list(count, (at) => ({ score: at < errors ? null : at % 2 }));
    assert.deepEqual(
      [failing(2, 40), failing(1, 20), failing(5, 99), failing(1, 19)].map((judged) =>
        statusOf('errors', judged),
      ),
      ['pass', 'pass', 'fail', 'fail'],
    );
  });

  it('asks for four of five choices that stay, of twenty at least', () => {
    const turned = (count: number, turns: number) =>
      list(count, (at) => ({ score: 0.5, detail: { choices: ['a', at < turns ? 'b' : 'a'] } }));
    assert.deepEqual(
      [turned(20, 4), turned(20, 5), turned(50, 10), turned(50, 11), turned(19, 19)].map((judged) =>
        statusOf('order', judged),
      ),
      ['pass', 'fail', 'pass', 'fail', 'unknown'],
    );
  });

  it('allows a rank correlation of score and length of one half, of twenty scores at least', () => {
    /** Scores rise with length, but for those that change places: 1 − 6 Σ d² / (n³ − n), Σ d² = 2 Σ (distance²). */
    const swapped = (count: number, swaps: readonly (readonly [number, number])[]) => {
      const ranks = Array.from({ length: count }, (_, at) => at);
      for (const [a, b] of swaps) [ranks[a], ranks[b]] = [ranks[b] ?? 0, ranks[a] ?? 0];
      return list(count, (at) => ({ score: (ranks[at] ?? 0) / count, text: 'x'.repeat(at + 1) }));
    };
    const most = [0, 18] as const;
    // Of twenty: Σ d² = 666 is 0.4992, 664 is 0.5008.
    assert.equal(statusOf('length', swapped(20, [most, [1, 4]])), 'pass');
    assert.equal(statusOf('length', swapped(20, [most, [1, 3], [4, 6]])), 'fail');
    assert.equal(statusOf('length', swapped(19, [])), 'unknown');
    const short = list(20, (at) => ({ score: 1 - at / 20, text: 'x'.repeat(at + 1) }));
    assert.equal(statusOf('length', short), 'pass', 'one that likes short answers is not held back by this');
  });

  it('asks for a kappa of 0.61', () => {
    // Half of the labels are passes: kappa is 1 − 2 · mistakes / labels.
    const mistaken = (count: number, mistakes: number) =>
      statusOf(
        'labels',
        list(count, (at) => ({ score: (at % 2) ^ Number(at < mistakes) })),
        ({ caseIndex }) => caseIndex % 2 === 1,
      );
    assert.deepEqual([mistaken(52, 10), mistaken(92, 18)], ['pass', 'fail'], '0.615 and 0.609');
  });

  it('does not know whether it repeats itself from fewer than twenty pairs', () => {
    const twice = (pairs: number) =>
      list(2 * pairs, (at) => ({ score: at % 2, caseIndex: at >> 1, text: 'same' }));
    assert.deepEqual(
      [statusOf('test-retest', twice(19)), statusOf('test-retest', twice(20))],
      ['unknown', 'fail'],
    );
  });

  it('pairs what was judged twice, each judgement once', () => {
    const three = results([1, 0, 1].map((score, trial) => ({ score, trial, caseIndex: 0, text: 'same' })));
    assert.deepEqual(judgedTwice(three, 'judge'), [[1, 0]]);
    const cases = results([1, 0, 1, 0].map((score, at) => ({ score, caseIndex: at % 2, text: 'same' })));
    assert.deepEqual(
      judgedTwice(cases, 'judge'),
      [
        [1, 1],
        [0, 0],
      ],
      'the same text of two cases is two outputs',
    );
    const texts = results([1, 0].map((score, at) => ({ score, caseIndex: 0, text: `t${at}` })));
    assert.deepEqual(judgedTwice(texts, 'judge'), [], 'two texts of a case are two outputs');
    const targets = cases.map((result, at) => ({ ...result, caseId: 'one', target: `t${at}` }));
    assert.deepEqual(judgedTwice(targets, 'judge'), [], 'of two targets as well');
    const [first, second] = [
      [1, 0],
      [0, 1],
    ].map((scores) => results(scores.map((score, trial) => ({ score, trial, caseIndex: 0, text: 'same' }))));
    assert.deepEqual(judgedAgain(first ?? [], second ?? [], 'judge'), [
      [1, 0],
      [0, 1],
    ]);
  });
});

describe('judgedOutputs', () => {
  it('has what a judge rated, by case or cluster, and each case weighs the same', () => {
    const judged = results([
      { score: 1, caseIndex: 0, trial: 0 },
      { score: 0, caseIndex: 0, trial: 1 },
      { score: null, caseIndex: 0, trial: 2 },
      { score: 1, caseIndex: 1, cluster: 'k' },
    ]);
    const label = ({ caseIndex }: TrialResult) => (caseIndex === 0 ? true : undefined);
    assert.deepEqual(judgedOutputs(judged, 'judge', label), [
      { caseId: 'case-0', cluster: 'case case-0', weight: 0.5, judge: true, label: true },
      { caseId: 'case-0', cluster: 'case case-0', weight: 0.5, judge: false, label: true },
      { caseId: 'case-1', cluster: 'cluster k', weight: 1, judge: true, label: undefined },
    ]);
    // Case by case: (0.5 + 1) / 2, not 2 of 3.
    assert.equal(passRates(judged, 'judge', label).judged, 0.75);
  });

  it('correct nothing with labels of fewer than twenty cases', () => {
    const judged = results(
      list(60, (at) => ({ score: at % 3 === 0 ? 0 : 1, caseIndex: at >> 1, trial: at % 2 })),
    );
    const corrected = (cases: number) =>
      passRates(judged, 'judge', ({ caseIndex }) => (caseIndex < cases ? caseIndex % 2 === 0 : undefined))
        .corrected;
    assert.equal(corrected(19), null);
    assert.ok(corrected(20));
  });
});
