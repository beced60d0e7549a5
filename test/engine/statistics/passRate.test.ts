import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { exactShareInterval } from '../../../src/engine/statistics/exactShare.ts';
import { PassRateEstimate } from '../../../src/engine/statistics/passRate.ts';
import { wilsonInterval } from '../../../src/engine/statistics/wilson.ts';

function rate(
  shares: readonly number[],
  cluster: (index: number) => string | undefined = () => undefined,
  trials = 1,
) {
  const estimate = new PassRateEstimate();
  for (const [index, share] of shares.entries()) estimate.add(share, trials, cluster(index));
  return estimate.estimate();
}

describe('PassRateEstimate', () => {
  const half = [...Array(30).fill(1), ...Array(10).fill(0)] as number[];

  it('is the exact interval for independent cases with one trial', () => {
    assert.deepEqual(rate(half)?.interval, exactShareInterval(30, 40));
  });

  it('is exact where none passes as well, for any number of cases', () => {
    // Wilson's reaches further than Clopper & Pearson's from 46 cases on.
    for (const cases of [40, 60, 200]) {
      assert.deepEqual(rate(Array<number>(cases).fill(0))?.interval, exactShareInterval(0, cases));
      assert.deepEqual(rate(Array<number>(cases).fill(1))?.interval, exactShareInterval(cases, cases));
    }
  });

  it('is wider when cases of one cluster agree: 10 clusters of 4 equal cases count as 10', () => {
    const shares = Array.from({ length: 40 }, (_, index) => (index < 28 ? 1 : 0));
    const clustered = rate(shares, (index) => `c${Math.floor(index / 4)}`)?.interval;
    // Clopper & Pearson's for 7 of 10.
    assert.equal(clustered?.low.toFixed(4), '0.3475');
    assert.equal(clustered?.high.toFixed(4), '0.9333');
    assert.ok((clustered?.low ?? 1) < (rate(shares)?.interval?.low ?? 0));
  });

  it('falls back to the number of clusters when all cases pass', () => {
    const all = Array<number>(12).fill(1);
    assert.deepEqual(rate(all, (index) => `c${index % 3}`)?.interval, exactShareInterval(3, 3));
    assert.deepEqual(rate(all)?.interval, exactShareInterval(12, 12));
    assert.deepEqual(rate(all, undefined, 5)?.interval, exactShareInterval(12, 12));
  });

  it('never counts for more than its trials: clusters whose cases balance each other', () => {
    const shares = Array.from({ length: 10 }, (_, index) => (index === 0 ? [1, 1] : [1, 0])).flat();
    const found = rate(shares, (index) => `c${Math.floor(index / 2)}`)?.interval;
    assert.deepEqual(found, wilsonInterval(0.55, 20));
  });

  it('is narrower with more trials of each case, but knows no more than its cases', () => {
    const once = rate([1, 0, 1, 0, 1])?.interval;
    const often = rate([0.6, 0.6, 0.5, 0.6, 0.7], undefined, 10)?.interval;
    const asTrials = wilsonInterval(0.6, 50);
    assert.ok((often?.low ?? 0) > (once?.low ?? 1));
    assert.ok((often?.low ?? 1) < (asTrials?.low ?? 0) && (often?.high ?? 0) > (asTrials?.high ?? 1));
  });

  for (const [passed, low, high] of [
    [5, 0.2366, 0.7634],
    [8, 0.4902, 0.9433],
    [7, 0.3968, 0.8922],
  ] as const)
    it(`is that of 10 cases where each passes ${passed} of 10 trials, whatever the rounding`, () => {
      const found = rate(Array<number>(10).fill(passed / 10), undefined, 10)?.interval;
      assert.equal(found?.low.toFixed(4), low.toFixed(4));
      assert.equal(found?.high.toFixed(4), high.toFixed(4));
    });

  it('has no estimate without cases', () => assert.equal(rate([]), null));
});
