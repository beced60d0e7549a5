import assert from 'node:assert/strict';
import { boundsOf, isMeasured, measurePasses, measureScores } from '../../../src/engine/model/measurement.ts';
import { trialResult } from '../../support/runFixtures.ts';
import { evaluation } from '../../support/sampleReport.ts';

const errored = trialResult({ status: 'errored', score: null });
const passed = trialResult({ status: 'passed', score: 0.75 });
const failed = trialResult({ status: 'failed', score: 0.25 });

describe('what could not be measured', () => {
  it('is a trial that errored, or that was planned and is not there', () => {
    assert.deepEqual([passed, failed, errored].map(isMeasured), [true, true, false]);
    assert.deepEqual(measurePasses([passed, failed, errored]), { mean: 0.5, trials: 3, holes: 1 });
    assert.deepEqual(measurePasses([passed, passed, passed, failed]), { mean: 0.75, trials: 4, holes: 0 });
    assert.deepEqual(measurePasses([passed, failed], 5), { mean: 0.5, trials: 5, holes: 3 });
    assert.deepEqual(measurePasses([passed, failed], 1), { mean: 0.5, trials: 2, holes: 0 });
    assert.deepEqual(measurePasses([errored]), { mean: null, trials: 1, holes: 1 });
    assert.deepEqual(measurePasses([]), { mean: null, trials: 0, holes: 0 });
  });

  it('is a score where an evaluator that counts could not measure, though the trial failed', () => {
    const withError = (weight: number) =>
      trialResult({
        status: 'failed',
        score: 0.25,
        evaluations: [evaluation('a', 0), evaluation('b', 0, { status: 'error', weight })],
      });
    const whole = trialResult({ status: 'failed', score: 0.25, evaluations: [evaluation('a', 0)] });
    assert.deepEqual(measureScores([passed, whole]), { mean: 0.5, trials: 2, holes: 0 });
    assert.deepEqual(measureScores([passed, withError(1)]), { mean: 0.75, trials: 2, holes: 1 });
    assert.deepEqual(measureScores([passed, withError(0)]), { mean: 0.5, trials: 2, holes: 0 });
    assert.deepEqual(measurePasses([passed, withError(1)]), { mean: 0.5, trials: 2, holes: 0 });
  });

  it('is a score that is none', () => {
    for (const score of [null, Number.NaN, Number.POSITIVE_INFINITY])
      assert.deepEqual(measureScores([passed, { ...failed, score }]), { mean: 0.75, trials: 2, holes: 1 });
    assert.deepEqual(measureScores([{ ...errored, score: 1 }]), { mean: null, trials: 1, holes: 1 });
    assert.deepEqual(measureScores([passed], 3), { mean: 0.75, trials: 3, holes: 2 });
    assert.deepEqual(measureScores([passed, failed], 1), { mean: 0.5, trials: 2, holes: 0 });
  });

  it('may have been the worst, or the best', () => {
    for (const [mean, trials, holes, low, high] of [
      [0.5, 2, 0, 0.5, 0.5],
      [0.5, 4, 2, 0.25, 0.75],
      [1, 4, 3, 0.25, 1],
      [0, 4, 1, 0, 0.25],
      [null, 4, 4, 0, 1],
      [null, 0, 0, 0, 1],
    ] as const)
      assert.deepEqual(boundsOf({ mean, trials, holes }), { low, high });
  });
});
