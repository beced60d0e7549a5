import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Evaluation } from '../../../../src/engine/model/evaluation.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';
import type { TrialResult, TrialStatus } from '../../../../src/engine/model/result.ts';
import { rankTargets } from '../../../../src/engine/runs/pending/rankTargets.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';
import { depsWith, evaluatorOf, scoreOf } from '../../evaluators/evaluating.ts';

const EVALUATORS = ['is-json', { contains: 'x' }];

function said(type: string, score: number, more: Partial<Evaluation> = {}): Evaluation {
  const name = type;
  const base = { name, type, stage: 'heuristic' as const, weight: 1, latencyMs: 0 };
  return { status: 'scored', score, pass: score > 0, reason: '', ...base, ...more } as Evaluation;
}

function result(target: string, evaluations: Evaluation[], status: TrialStatus = 'passed'): TrialResult {
  return trialResult({ target, status, evaluations, score: 0.7 });
}

/** Target, status, score and what max-score said. */
function rank(results: TrialResult[], maxScore: JsonValue = 'max-score', before: TrialResult[] = []) {
  const evaluators = [...EVALUATORS, maxScore].map((entry) => evaluatorOf(entry));
  return rankTargets(results, before, evaluators).map(({ target, status, score, evaluations }) => {
    const last = evaluations.at(-1);
    assert.equal(last?.type, 'max-score');
    return [target, status, score, last.status === 'scored' ? last.pass : last.reason];
  });
}

describe('rankTargets', () => {
  const low = () => result('low', [said('is-json', 0.5), said('contains', 1)]);
  const high = () => result('high', [said('is-json', 1), said('contains', 1)]);

  it('lets the best keep its verdict, and fails every other target', () => {
    assert.deepEqual(rank([low(), high()]), [
      ['low', 'failed', 0, false],
      ['high', 'passed', 0.7, true],
    ]);
    const failing = { ...high(), status: 'failed' as const };
    assert.deepEqual(rank([low(), failing]), [
      ['low', 'failed', 0, false],
      ['high', 'failed', 0.7, true],
    ]);
  });

  it('counts an evaluator that was left out as 0 for a target that had failed, and not at all for one that had not', () => {
    const early = result('early', [said('is-json', 1)], 'failed');
    assert.deepEqual(
      rank([early, low()]).map(([, , , won]) => won),
      [false, true],
    );
    const clear = result('clear', [said('is-json', 1)]);
    assert.deepEqual(
      rank([low(), clear]).map(([, , , won]) => won),
      [false, true],
    );
  });

  it('names no winner where a score is not known', () => {
    const broken = result(
      'broken',
      [said('is-json', 1), said('contains', 0, { status: 'error', reason: 'no' })],
      'errored',
    );
    const reason = 'the score of "broken" is unknown: contains: no';
    assert.deepEqual(rank([high(), broken]), [
      ['high', 'errored', null, reason],
      ['broken', 'errored', 0.7, reason],
    ]);
    const none = [result('a', []), result('b', [])];
    assert.match(String(rank(none)[0]?.[3]), /no other evaluator counts/);
  });

  it('leaves targets without an output out, and needs two of them', () => {
    const gone: TrialResult = {
      ...result('gone', [], 'errored'),
      output: { ...complete(''), status: 'incomplete', reason: 'cut' },
    };
    const evaluators = [...EVALUATORS, 'max-score'].map((entry) => evaluatorOf(entry));
    const [, untouched] = rankTargets([high(), gone], [], evaluators);
    assert.equal(untouched, gone);
    const [alone] = rankTargets([high(), gone], [], evaluators);
    assert.deepEqual([alone?.status, alone?.evaluations.at(-1)?.status], ['errored', 'error']);
    assert.equal(rank([low(), high(), { ...low(), target: 'third' }]).length, 3);
  });

  it('ranks beside results of an earlier attempt, which it does not change', () => {
    const stored = high();
    assert.deepEqual(rank([low()], 'max-score', [stored]), [['low', 'failed', 0, false]]);
    assert.equal(stored.evaluations.length, 2);
  });

  it('takes weights by type, also under the other names of a type', () => {
    const ranked = rank([low(), result('other', [said('is-json', 1), said('contains', 0)])], {
      'max-score': { weights: { json: 4 } },
    });
    assert.deepEqual(
      ranked.map(([, , , won]) => won),
      [false, true],
    );
  });

  it('does not decide with a weight of 0', () => {
    assert.deepEqual(rank([low(), high()], { 'max-score': {}, weight: 0 }), [
      ['low', 'passed', 0.7, false],
      ['high', 'passed', 0.7, true],
    ]);
  });

  it('is an error for one target alone, and cannot be negated', () => {
    assert.equal(scoreOf('max-score', 'x').status, 'error');
    assert.equal(evaluatorOf('max-score').compares, true);
    assert.throws(() => evaluatorOf('not-max-score', depsWith()), /cannot be negated/);
  });
});
