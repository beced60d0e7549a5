import assert from 'node:assert/strict';
import { passes, scoredOf, scoreOf } from '../evaluating.ts';

describe('latency', () => {
  it('holds the call to the limit, in milliseconds', () => {
    assert.equal(passes({ latency: 100 }, { latencyMs: 100 }), true);
    assert.equal(passes({ latency: { max_ms: 100 } }, { latencyMs: 101 }), false);
    assert.equal(passes({ type: 'not-latency', threshold: 100 }, { latencyMs: 101 }), true);
  });
  it('takes the limit of the case, and does not apply without one', () => {
    assert.equal(
      passes('latency', { latencyMs: 50 }, { evaluation_criteria: { max_latency_ms: 40 } }),
      false,
    );
    assert.equal(scoreOf('latency', 'x').status, 'skipped');
  });
  it('never passes what was not measured', () => {
    assert.equal(scoreOf({ latency: 100 }, { latencyMs: Number.NaN }).status, 'error');
  });
});

describe('cost', () => {
  it('holds the call to the limit, in US dollars', () => {
    assert.equal(passes({ cost: 0.01 }, { costUsd: 0.01 }), true);
    assert.equal(passes({ type: 'cost', threshold: 0.01 }, { costUsd: 0.02 }), false);
    assert.equal(passes('cost', { costUsd: 0 }, { evaluation_criteria: { max_cost_usd: 0 } }), true);
  });
  it('is an error when the cost is unknown, also turned round', () => {
    assert.equal(scoreOf({ cost: 1 }, { costUsd: null }).status, 'error');
    assert.equal(scoreOf({ 'not-cost': 1 }, { costUsd: null }).status, 'error');
    assert.equal(scoreOf({ cost: 1 }, { costUsd: Number.NaN }).status, 'error');
  });
});

describe('finish-reason', () => {
  it('compares without regard to case, with one or several reasons', () => {
    assert.equal(passes({ 'finish-reason': 'stop' }, { finishReason: 'STOP' }), true);
    assert.equal(passes({ 'finish-reason': ['stop', 'tool_calls'] }, { finishReason: 'length' }), false);
  });
  it('is an error when the target does not say', () => {
    assert.equal(scoreOf({ 'finish-reason': 'stop' }, 'x').status, 'error');
    assert.equal(scoreOf({ 'not-finish-reason': 'stop' }, 'x').status, 'error');
  });
});

describe('forbidden-concepts', () => {
  const golden = { expected_output: { forbidden_concepts: ['guarantee', 'legal advice', '返金'] } };
  it('finds a word in any inflection, but only whole words', () => {
    assert.equal(passes('forbidden-concepts', 'We guaranteed it.', golden), false);
    assert.equal(passes('forbidden-concepts', 'LEGAL  ADVICE', golden), false);
    assert.equal(passes('forbidden-concepts', 'Our legal team gives advice.', golden), true);
    assert.equal(passes({ 'forbidden-concepts': ['art'] }, 'We start.'), true);
  });
  it('finds words of scripts without spaces', () => {
    assert.equal(passes('forbidden-concepts', '本日返金いたします', golden), false);
  });
  it('joins the lists of suite and case, and scores the share that was kept out', () => {
    const score = scoredOf({ 'forbidden-concepts': ['cheap'] }, 'cheap, guaranteed', golden);
    assert.equal(score.score, 0.5);
    assert.match(score.reason, /guarantee, cheap/);
  });
  it('does not apply without any', () => assert.equal(scoreOf('forbidden-concepts', 'x').status, 'skipped'));
});
