import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  differencesOf,
  type Filling,
  hasHole,
  isIdentical,
  metricPairs,
} from '../../../../src/engine/compare/pairs/differences.ts';
import { casesOf } from '../comparing.ts';

describe('the values of a metric on both sides', () => {
  const cases = casesOf([
    { before: 0.2, after: 0.9 },
    { before: 0.2, after: null },
    { before: null, after: 0.9, cluster: 'source' },
  ]);
  const values = (filling: Filling, unseen?: number) =>
    metricPairs(cases, 'score', { filling, ...(unseen === undefined ? {} : { unseen }) });

  it('as they were measured leave out what is missing, and what nobody has seen', () => {
    assert.deepEqual(values('measured', 2), [{ cluster: 'case case-0', baseline: 0.2, candidate: 0.9 }]);
  });

  it('filled for or against the candidate hold the best or the worst for it', () => {
    assert.deepEqual(values('against', 2), [
      { cluster: 'case case-0', baseline: 0.2, candidate: 0.9 },
      { cluster: 'case case-1', baseline: 0.2, candidate: 0 },
      { cluster: 'cluster source', baseline: 1, candidate: 0.9 },
      { cluster: 'unseen 0', baseline: 1, candidate: 0 },
      { cluster: 'unseen 1', baseline: 1, candidate: 0 },
    ]);
    assert.deepEqual(values('for', 1), [
      { cluster: 'case case-0', baseline: 0.2, candidate: 0.9 },
      { cluster: 'case case-1', baseline: 0.2, candidate: 1 },
      { cluster: 'cluster source', baseline: 0, candidate: 0.9 },
      { cluster: 'unseen 0', baseline: 0, candidate: 1 },
    ]);
    assert.equal(values('for').length, 3);
  });

  it('are identical where the output, both figures and all measurements are', () => {
    const [one] = casesOf([{ before: 0.5, after: 0.5, sameOutput: true }]);
    assert.ok(one);
    assert.equal(isIdentical(one), true);
    for (const other of [
      { sameOutput: false },
      { passDifference: 1 },
      { scoreDifference: 0.1 },
      { scoreDifference: null },
      { candidate: { ...one.candidate, unscored: 1 } },
    ])
      assert.equal(isIdentical({ ...one, ...other }), false, JSON.stringify(other));
  });

  it('have a hole where either metric of either side was not measured', () => {
    assert.deepEqual(cases.map(hasHole), [false, true, true]);
    const [whole] = cases;
    assert.ok(whole);
    assert.equal(hasHole({ ...whole, candidate: { ...whole.candidate, unscored: 1 } }), true);
    assert.equal(hasHole({ ...whole, baseline: { ...whole.baseline, unmeasured: 1 } }), true);
  });
});

describe('the differences between both sides', () => {
  it('are those of the cases, in their order, and those of clusters summed up', () => {
    const pair = (cluster: string, baseline: number, candidate: number) => ({ cluster, baseline, candidate });
    const found = differencesOf([pair('x', 0.5, 1), pair('y', 0.75, 0.5), pair('x', 1, 0.25)]);
    assert.ok(found);
    assert.deepEqual(found.values, [0.5, -0.25, -0.75]);
    assert.deepEqual(found.clusters, [
      { sum: -0.25, n: 2, gain: 0.5, loss: 0.75 },
      { sum: -0.25, n: 1, gain: 0, loss: 0.25 },
    ]);
    assert.deepEqual([found.baseline, found.candidate], [0.75, 1.75 / 3]);
    assert.equal(differencesOf([]), null);
  });
});
