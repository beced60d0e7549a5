import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { LivePairs } from '../../../../src/engine/compare/pairs/livePairs.ts';
import type { CaseComparison } from '../../../../src/engine/model/comparison.ts';
import { casesOf, type Outcome, PAIR, resultsOf } from '../comparing.ts';

const OUTCOMES: Outcome[] = [
  { before: 0, after: 1 },
  { before: 1, after: 0 },
  { before: 1, after: 1 },
  { before: null, after: 1 },
];

const byPlace = (a: CaseComparison, b: CaseComparison) => a.caseIndex - b.caseIndex;

describe('LivePairs', () => {
  it('gives the cases that a comparison has in the end, each once, whatever the order', () => {
    const live = new LivePairs([PAIR], 1);
    const results = resultsOf(OUTCOMES).reverse();
    const found = results.flatMap((result) => live.add([result], false));
    assert.deepEqual(found.sort(byPlace), casesOf(OUTCOMES));
    assert.deepEqual(
      found.map(({ change }) => change),
      ['improved', 'degraded', 'neutral', 'unmeasured'],
    );
  });

  it('waits for all trials of both sides, and takes them in their order', () => {
    const live = new LivePairs([PAIR], 2);
    const [before, after] = resultsOf([{ before: 0, after: 1 }]);
    assert.ok(before && after);
    const second = { ...after, trial: 1, status: 'failed' as const, reason: 'second' };
    assert.deepEqual(live.add([before, second, { ...before, trial: 1 }], false), []);
    const [found] = live.add([after], false);
    assert.deepEqual([found?.candidate.passed, found?.candidate.trial], [1, 1]);
  });

  it('pairs with a stored baseline, even where the targets have the same name', () => {
    const live = new LivePairs([{ baseline: 'before', candidate: 'before' }], 1);
    const [old] = resultsOf([{ before: 0, after: 0 }]);
    assert.ok(old);
    live.addBaseline([old]);
    const [found] = live.add([{ ...old, score: 1, status: 'passed' }], true);
    assert.equal(found?.change, 'improved');
    assert.deepEqual([found?.baseline.trials, found?.baseline.passed], [1, 0]);
  });

  it('gives a case once, and its trials in order', () => {
    const live = new LivePairs([PAIR], 2);
    const [before, after] = resultsOf([{ before: 1, after: 1 }]);
    assert.ok(before && after);
    const later = <T extends object>(result: T) => ({ ...result, trial: 1 });
    assert.deepEqual(live.add([later(before)], false), []);
    assert.deepEqual(live.add([later(after), after], false), [], 'a trial of the baseline is missing');
    const [found] = live.add([before], false);
    assert.deepEqual([found?.baseline.trial, found?.candidate.trial, found?.candidate.trials], [0, 0, 2]);
    assert.deepEqual(live.add([after, later(after)], false), []);
    assert.deepEqual(live.add([before, later(before)], false).length, 1, 'both sides are there again');
    assert.deepEqual(live.add([before, later(before)], false), []);
  });

  it('takes the trials of a stored baseline as they are', () => {
    const live = new LivePairs([PAIR], 2);
    const [before, after] = resultsOf([{ before: 1, after: 1 }]);
    assert.ok(before && after);
    live.addBaseline([before, { ...after, target: 'another' }]);
    assert.deepEqual(live.add([after], true), []);
    const [found] = live.add([{ ...after, trial: 1 }], true);
    assert.deepEqual([found?.baseline.trials, found?.candidate.trials], [1, 2]);
  });

  it('holds a target against itself', () => {
    const live = new LivePairs([{ baseline: 'before', candidate: 'before' }], 1);
    const [old] = resultsOf([{ before: 1, after: 1 }]);
    assert.ok(old);
    assert.equal(live.add([old], false)[0]?.change, 'neutral');
  });
});
