import assert from 'node:assert/strict';
import { boundsOf, measurePasses, measureScores } from '../../../src/engine/model/measurement.ts';
import { trialResult } from '../../support/runFixtures.ts';

describe('the bounds of a measurement', () => {
  it('are the mean itself where nothing is missing, to the last digit', () => {
    for (const mean of [0, 0.1, 0.7, 1 / 3, 1])
      for (const trials of [1, 3, 7]) {
        assert.deepEqual(
          boundsOf({ mean, trials, holes: 0 }),
          { low: mean, high: mean },
          `${mean} of ${trials}`,
        );
      }
  });

  it('fill each hole with 0 and with 1', () => {
    assert.deepEqual(boundsOf({ mean: 0.5, trials: 4, holes: 1 }), { low: 0.375, high: 0.625 });
    assert.deepEqual(boundsOf({ mean: 1, trials: 4, holes: 2 }), { low: 0.5, high: 1 });
    assert.deepEqual(boundsOf({ mean: null, trials: 4, holes: 4 }), { low: 0, high: 1 });
    assert.deepEqual(boundsOf({ mean: null, trials: 0, holes: 0 }), { low: 0, high: 1 });
  });
});

describe('a measurement', () => {
  it('takes for a hole what errored, what is not there, and a score that an evaluator lacks', () => {
    const error = { name: 'judge', stage: 'judge', status: 'error', weight: 1, reason: 'x' } as never;
    const waived = { name: 'judge', stage: 'judge', status: 'error', weight: 0, reason: 'x' } as never;
    const trials = [
      trialResult({ score: 0.5 }),
      trialResult({ status: 'failed', score: 0.25 }),
      trialResult({ status: 'errored', score: 1 }),
      trialResult({ status: 'failed', score: 0, evaluations: [error] }),
      trialResult({ status: 'failed', score: 0.75, evaluations: [waived] }),
      trialResult({ score: Number.NaN }),
      trialResult({ score: null }),
    ];
    assert.deepEqual(measureScores(trials, 8), { mean: 0.5, trials: 8, holes: 5 });
    assert.deepEqual(measurePasses(trials, 8), { mean: 0.5, trials: 8, holes: 2 });
    assert.deepEqual(measurePasses(trials, 2), { mean: 0.5, trials: 7, holes: 1 });
    assert.deepEqual(measureScores([]), { mean: null, trials: 0, holes: 0 });
  });
});
