import assert from 'node:assert/strict';
import fc from 'fast-check';
import { logGamma } from '../../../src/engine/statistics/logGamma.ts';

describe('ln Γ', () => {
  // scipy.special.gammaln, 1.17.1.
  const expected: [x: number, value: number][] = [
    [1e-5, 11.512919692895826],
    [0.1, 2.252712651734206],
    [0.5, 0.5723649429247],
    [1.5, -0.12078223763524526],
    [3.7, 1.428072326665388],
    [11.99, 17.477885575426185],
    [12, 17.502307845873887],
    [100.25, 360.28455963776423],
    [12345.678, 103959.91990554606],
    [10_000_000.5, 151180957.42852172],
  ];
  for (const [x, value] of expected) {
    it(`is that of scipy at ${x}`, () => {
      assert.ok(Math.abs(logGamma(x) / value - 1) < 1e-13, String(logGamma(x)));
    });
  }

  it('is 0 at 1 and 2', () => {
    assert.ok(Math.abs(logGamma(1)) < 1e-14 && Math.abs(logGamma(2)) < 1e-14);
  });

  it('keeps Γ(x + 1) = x Γ(x)', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (x) => {
        const error = logGamma(x + 1) - logGamma(x) - Math.log(x);
        assert.ok(Math.abs(error) < 1e-12 * Math.max(1, Math.abs(logGamma(x))));
      }),
    );
  });
});
