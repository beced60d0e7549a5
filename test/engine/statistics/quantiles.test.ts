import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Sample } from '../../../src/engine/statistics/quantiles.ts';

function sampleOf(values: readonly number[]): Sample {
  const sample = new Sample();
  for (const value of values) sample.add(value);
  return sample;
}

describe('Sample', () => {
  // R: quantile(c(1, 3, 4, 8, 10, 20), c(.5, .95, .99), type = 7)
  it('agrees with R type 7', () => {
    const sample = sampleOf([20, 1, 8, 3, 10, 4]);
    assert.equal(sample.quantile(0.5), 6);
    assert.equal(sample.quantile(0.95), 17.5);
    assert.equal(sample.quantile(0.99)?.toFixed(10), '19.5000000000');
  });

  it('grows beyond its first size and keeps order', () => {
    const sample = sampleOf(Array.from({ length: 5001 }, (_, index) => 5000 - index));
    assert.equal(sample.quantile(0.5), 2500);
    sample.add(10_000);
    assert.equal(sample.quantile(1), 10_000);
    assert.equal(sample.quantile(0), 0);
    assert.equal(sample.size, 5002);
  });

  it('has no quantile without values', () => assert.equal(new Sample().quantile(0.5), null));
});
