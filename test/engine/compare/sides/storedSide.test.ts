import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { openStoredSide } from '../../../../src/engine/compare/sides/storedSide.ts';
import { plan, trialResult } from '../../../support/runFixtures.ts';
import { resultsOf, storedRuns } from '../storedRuns.ts';

describe('stored results that make up a side', () => {
  const runs = storedRuns();
  const open = (...targets: string[]) => openStoredSide(runs.store, { label: 'run', runId: 'run', targets });

  it('were planned for the cases of its targets, whatever the trials of each', () => {
    runs.planned('run', plan({ targets: ['a', 'b', 'c'], cases: 5, repeat: 2 }));
    assert.equal(open('a').plannedCases, 5);
    assert.equal(open('a', 'c').plannedCases, 10);
    assert.equal(open('a').planned?.repeat, 2);
  });

  it('are none of a run without targets', () => {
    runs.planned('run', plan({ targets: [] }));
    assert.equal(open().plannedCases, 0);
  });

  it('are those of its targets alone', () => {
    runs.planned('run', plan({ targets: ['a', 'b'], cases: 1 }));
    runs.append('run', [trialResult({ target: 'a' }), trialResult({ target: 'b' })]);
    assert.deepEqual(
      [...open('b').results()].map(({ target }) => target),
      ['b'],
    );
  });

  it('are whole when every trial has ended, in whatever way', () => {
    runs.planned('run', plan({ cases: 4 }));
    runs.append('run', resultsOf({ 0: 1, 1: 0, 2: null }, 'x'));
    assert.equal(open('a').planned?.whole, false);
    runs.append('run', resultsOf({ 3: 0 }, 'x'));
    assert.equal(open('a').planned?.whole, true);
  });
});
