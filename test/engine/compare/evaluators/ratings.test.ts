import assert from 'node:assert/strict';
import {
  evaluatorNames,
  freshRatingOf,
  ratingOf,
} from '../../../../src/engine/compare/evaluators/ratings.ts';
import type { ReplySource } from '../../../../src/engine/model/replySource.ts';
import { broken, judgedResult, scored, skipped } from './evaluations.ts';

const STAND_IN: ReplySource = { kind: 'model', why: { kind: 'first' }, model: 'p/other' };
const CACHED: ReplySource = {
  ...{ kind: 'cache', why: { kind: 'first' }, model: 'p/m' },
  ...{ ageMs: 1, promptHash: 'h' },
};
/** The name that people give in the place of an evaluator's. */
const WHOLE = '(verdict)';

describe('the rating of an output', () => {
  it('is what the evaluator said of it', () => {
    const judge = scored('judge', 'judge', 0.7, { reason: 'why', latencyMs: 9, costUsd: 0.2 });
    const result = judgedResult(0, [scored('words', 'lexical', 0.1), judge, broken('down', 'judge')]);
    assert.deepEqual(ratingOf(result, 'judge'), {
      score: 0.7,
      pass: true,
      reason: 'why',
      latencyMs: 9,
      costUsd: 0.2,
    });
    assert.equal(ratingOf(result, 'words')?.costUsd, 0, 'it calls no model');
    const unpriced = judgedResult(0, [scored('judge', 'judge', 1)]);
    assert.equal(ratingOf(unpriced, 'judge')?.costUsd, null);
    for (const name of ['down', 'nobody']) assert.equal(ratingOf(result, name), undefined);
  });

  it('is none where another model judged in its place', () => {
    const judge = scored('judge', 'judge', 1, { source: STAND_IN });
    const result = judgedResult(0, [scored('words', 'lexical', 1), judge], { status: 'passed', score: 1 });
    assert.deepEqual([ratingOf(result, 'judge'), ratingOf(result, WHOLE)], [undefined, undefined]);
    assert.equal(ratingOf(result, 'words')?.score, 1);
  });

  it('of the whole is that of the trial, with what all evaluators took', () => {
    const evaluations = [
      scored('words', 'lexical', 0.1, { latencyMs: 2 }),
      scored('judge', 'judge', 1, { latencyMs: 30, costUsd: 0.25 }),
      { ...broken('second', 'judge'), latencyMs: 400, costUsd: 0.5 },
      { ...skipped('third', 'judge'), latencyMs: 5000 },
    ];
    const whole = { score: 0.6, reason: 'r' };
    assert.deepEqual(ratingOf(judgedResult(0, evaluations, { ...whole, status: 'failed' }), WHOLE), {
      score: 0.6,
      pass: false,
      reason: 'r',
      latencyMs: 432,
      costUsd: 0.75,
    });
    assert.equal(ratingOf(judgedResult(0, evaluations, { ...whole, status: 'passed' }), WHOLE)?.pass, true);
    for (const unmeasured of [
      { ...whole, status: 'errored' as const },
      { status: 'failed' as const, score: null },
    ])
      assert.equal(ratingOf(judgedResult(0, evaluations, unmeasured), WHOLE), undefined);
  });

  it('of the whole has an unknown cost as soon as one of its judges has', () => {
    const cost = (...costs: (number | undefined)[]) =>
      ratingOf(
        judgedResult(
          0,
          costs.map((costUsd, at) =>
            scored(`judge ${at}`, 'judge', 1, costUsd === undefined ? {} : { costUsd }),
          ),
        ),
        WHOLE,
      )?.costUsd;
    assert.deepEqual([cost(0.25, undefined, 0.5), cost(undefined), cost(0.25, 0.5)], [null, null, 0.75]);
  });

  it('is fresh where it was given for this output', () => {
    const result = judgedResult(0, [
      scored('judge', 'judge', 1),
      scored('stored', 'judge', 0, { source: CACHED }),
      skipped('none', 'judge'),
    ]);
    assert.equal(freshRatingOf(result, 'judge')?.score, 1);
    assert.equal(freshRatingOf(result, 'stored'), undefined);
    assert.equal(freshRatingOf(result, WHOLE), undefined);
    const fresh = judgedResult(0, [scored('judge', 'judge', 1), skipped('none', 'judge')]);
    assert.equal(freshRatingOf(fresh, WHOLE)?.score, 1);
  });

  it('has the names of all that scored, in their order', () => {
    const results = [
      judgedResult(0, [broken('down', 'judge'), scored('b', 'lexical', 1)]),
      judgedResult(1, [scored('a', 'lexical', 1), scored('b', 'lexical', 1), skipped('c', 'judge')]),
    ];
    assert.deepEqual(evaluatorNames(results), ['b', 'a']);
  });
});
