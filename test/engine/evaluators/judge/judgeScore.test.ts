import assert from 'node:assert/strict';
import { judged, noText, notAsked, thresholdOf } from '../../../../src/engine/evaluators/judge/judgeScore.ts';
import { type Paid, spendingOf } from '../../../../src/engine/evaluators/judge/spending.ts';
import { inputWith } from '../evaluating.ts';

const usage = { inputTokens: 10, outputTokens: 3 };
const paid = (more: Partial<Paid> = {}): Paid => ({ usage, costUsd: 0.25, ...more });

describe('a verdict as a score', () => {
  const passes = (score: number, threshold: number | undefined) => {
    const found = judged({ score, threshold, reason: 'so', detail: {} }, []);
    return found.status === 'scored' && found.pass;
  };

  it('passes from its threshold on, whatever rounding does, or above 0', () => {
    assert.equal(passes(0.7 - 1e-12, 0.7), true);
    assert.equal(passes(0.6995, 0.7), false);
    assert.equal(passes(0.001, undefined), true);
    assert.equal(passes(0, undefined), false);
    assert.equal(passes(0, 0), true);
  });

  it('has its reason, its details and what it cost', () => {
    const verdict = { score: 0.5, threshold: 0.5, reason: 'so', detail: { judge: 'p/m' } };
    assert.deepEqual(judged(verdict, [paid()]), {
      status: 'scored',
      score: 0.5,
      pass: true,
      reason: 'so',
      detail: { judge: 'p/m' },
      usage,
      costUsd: 0.25,
    });
    const missing = 'the judge prompt uses {{ x }}, which the case does not define';
    assert.deepEqual(noText('x'), { status: 'error', reason: missing, calls: 0 });
    assert.deepEqual(notAsked('so'), { status: 'error', reason: 'so', calls: 0 });
  });

  it('goes by the threshold of its options, else of the case, else its own', () => {
    const strict = inputWith('text', { evaluation_criteria: { min_accuracy: 0.9 } });
    assert.equal(thresholdOf(0, strict, 0.5), 0);
    assert.equal(thresholdOf(undefined, strict, 0.5), 0.9);
    assert.equal(thresholdOf(undefined, inputWith('text'), 0.5), 0.5);
    assert.equal(thresholdOf(undefined, inputWith('text'), undefined), undefined);
  });
});

describe('what the calls of an evaluation cost', () => {
  it('is their sum, and unknown as soon as one of them is', () => {
    assert.deepEqual(spendingOf([]), { calls: 0 });
    assert.deepEqual(spendingOf([paid()]), { usage, costUsd: 0.25 });
    assert.deepEqual(spendingOf([paid(), paid({ costUsd: 0.5 }), paid()]), {
      usage: { inputTokens: 30, outputTokens: 9 },
      costUsd: 1,
      calls: 3,
    });
    for (const calls of [
      [paid(), paid({ costUsd: null })],
      [paid({ costUsd: null }), paid()],
    ])
      assert.equal(spendingOf(calls).costUsd, null);
    for (const calls of [
      [paid(), paid({ usage: null }), paid()],
      [paid({ usage: null }), paid()],
    ])
      assert.ok(!('usage' in spendingOf(calls)));
  });

  it('counts the parts of tokens that are known', () => {
    const cached = { ...usage, cachedInputTokens: 4, cacheWriteTokens: 2, reasoningTokens: 1 };
    const more = { ...usage, cachedInputTokens: 5, cacheWriteTokens: 3, reasoningTokens: 2 };
    assert.deepEqual(spendingOf([paid({ usage: cached }), paid({ usage: more }), paid()]).usage, {
      inputTokens: 30,
      outputTokens: 9,
      cachedInputTokens: 9,
      cacheWriteTokens: 5,
      reasoningTokens: 3,
    });
    assert.deepEqual(spendingOf([paid(), paid({ usage: cached })]).usage, {
      ...cached,
      inputTokens: 20,
      outputTokens: 6,
    });
  });

  it('has the time of calls that were replayed, and the first source that is not the judge itself', () => {
    assert.ok(!('latencyMs' in spendingOf([paid({ latencyMs: 5 }), paid({ latencyMs: 7 })])));
    const replayed = [paid({ latencyMs: 5, replayed: true }), paid({ latencyMs: 7, replayed: true })];
    assert.equal(spendingOf(replayed).latencyMs, 12);
    assert.equal(spendingOf([paid({ replayed: true }), paid({ latencyMs: 7 })]).latencyMs, 7);
    const first = { kind: 'model', why: { kind: 'first' }, model: 'p/first' } as const;
    const second = { ...first, model: 'p/second' };
    assert.deepEqual(spendingOf([paid(), paid({ source: first }), paid({ source: second })]).source, first);
    assert.ok(!('source' in spendingOf([paid()])));
  });
});
