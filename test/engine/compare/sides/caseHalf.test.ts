import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { caseHalf, missingHalf } from '../../../../src/engine/compare/sides/caseHalf.ts';
import { emptyOutput, type Output } from '../../../../src/engine/model/output.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';

const outputsOf = (first: Output, ...more: Output[]) =>
  caseHalf([trialResult({ output: first }), ...more.map((output, trial) => trialResult({ output, trial }))])
    .outputs;

describe('one side of a case', () => {
  it('is the same output where its target said the same, whatever it took', () => {
    const same = outputsOf(complete('a', { json: { n: 1 } }));
    assert.match(same ?? '', /^[\da-f]{64}$/);
    assert.equal(outputsOf(complete('a', { json: { n: 1 }, costUsd: 5, latencyMs: 9, model: 'm' })), same);
    const toolCalls = [{ id: '1', name: 'find', arguments: {} }];
    for (const other of [
      complete('b', { json: { n: 1 } }),
      complete('a', { json: { n: 2 } }),
      complete('a'),
      complete('a', { json: { n: 1 }, toolCalls }),
    ])
      assert.notEqual(outputsOf(other), same, JSON.stringify(other));
    const cut: Output = { ...emptyOutput(), status: 'incomplete', text: 'a', reason: 'length' };
    assert.notEqual(outputsOf(cut), outputsOf(complete('a')));
  });

  it('has its trials in order', () => {
    const [a, b] = [complete('a'), complete('b')];
    assert.equal(outputsOf(a, b), outputsOf(a, b));
    assert.notEqual(outputsOf(b, a), outputsOf(a, b));
    assert.notEqual(outputsOf(a, a), outputsOf(a));
  });

  it('that was not run has nothing measured, and as many trials as the other', () => {
    const other = caseHalf([trialResult(), trialResult({ trial: 1 })]);
    const missing = missingHalf(other, 'b');
    assert.deepEqual([missing.outputs, missing.identity], [null, other.identity]);
    const { target, trials, unmeasured, reason } = missing.side;
    assert.deepEqual([target, trials, unmeasured, reason], ['b', 2, 2, 'not run']);
    assert.equal(missingHalf(other, 'b', 5).side.trials, 5);
  });
});
