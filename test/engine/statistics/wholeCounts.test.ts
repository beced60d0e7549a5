import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commonDenominator } from '../../../src/engine/statistics/wholeCounts.ts';

const of = (trials: number) => Array.from({ length: trials + 1 }, (_, passed) => passed / trials);

describe('commonDenominator', () => {
  it('makes whole numbers of shares of any number of trials', () => {
    for (let trials = 1; trials <= 60; trials += 1) assert.equal(commonDenominator(of(trials)), trials);
    assert.equal(commonDenominator([]), 1);
    assert.equal(commonDenominator([0.5, 1 / 3, 0.25]), 12);
    assert.equal(commonDenominator([...of(7), ...of(11), ...of(13), ...of(14)]), 2002);
  });

  it('needs no more parts for a share that is whole in them already', () => {
    // 1001 is 7 times 11 times 13.
    assert.equal(commonDenominator([1 / 7, 1 / 11, 1 / 13, 1 / 1001, 500 / 1001]), 1001);
  });

  it('is off by no more than rounding for shares that were added up', () => {
    const tenths = Array.from({ length: 10 }, () => 0.1).reduce((sum, share) => sum + share, 0);
    assert.equal(commonDenominator([tenths, 0.1 + 0.2]), 10);
  });

  it('stops before sums are no longer exact', () => {
    const large = [997, 991, 983].map((prime) => 1 / prime);
    assert.equal(commonDenominator([...large, 1 / 3]), 3 * 997 * 991 * 983, 'below 2 to the 32nd');
    assert.equal(commonDenominator([...large, 1 / 5]), 997 * 991 * 983, 'with five it would lie above');
    const primes = [101, 103, 107, 109, 113, 127, 131];
    assert.ok(commonDenominator(primes.map((prime) => 1 / prime)) <= 2 ** 32);
    assert.equal(commonDenominator([Math.PI / 4]), 1000);
  });
});
