import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { passHatK } from '../../../src/engine/statistics/passHatK.ts';

/** Binomial coefficient, by its definition. */
function choose(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i += 1) value = (value * (n - k + i)) / i;
  return n < k ? 0 : value;
}

describe('passHatK', () => {
  it('is C(c, k) / C(n, k)', () => {
    for (let n = 1; n <= 8; n += 1)
      for (let c = 0; c <= n; c += 1)
        for (let k = 1; k <= n; k += 1)
          assert.ok(
            Math.abs(passHatK(c, n, k) - choose(c, k) / choose(n, k)) < 1e-12,
            `${c} of ${n}, k=${k}`,
          );
  });
});
