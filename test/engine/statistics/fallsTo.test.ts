import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { fallsTo } from '../../../src/engine/statistics/fallsTo.ts';

describe('fallsTo', () => {
  it('finds the place, however steep or flat p is', () => {
    for (const rate of [0.5, 3, 40, 2000]) {
      const at = fallsTo(0.025, (x) => Math.exp(-rate * x), 0, 10);
      assert.ok(Math.abs(at + Math.log(0.025) / rate) < 1e-9, `${rate}: ${at}`);
    }
    // Nearly flat, and then a cliff.
    const cliff = fallsTo(0.025, (x) => (x < 0.7 ? 1 - 0.1 * x : 1e-200 * (2 - x)), 0, 1);
    assert.ok(Math.abs(cliff - 0.7) < 1e-9, `${cliff}`);
  });

  it('is the start where p is below from there on, and the end where it never comes down', () => {
    assert.equal(
      fallsTo(0.025, () => 0.01, -0.3, 1),
      -0.3,
    );
    assert.equal(
      fallsTo(0.025, () => 0.025, -0.3, 1),
      -0.3,
    );
    assert.equal(
      fallsTo(0.025, () => 0.2, -0.3, 1),
      1,
    );
  });
});
