import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { wilsonInterval } from '../../../src/engine/statistics/wilson.ts';

describe('wilsonInterval', () => {
  // Newcombe (1998), Statistics in Medicine 17, 857–872, table I, method 3 (score without continuity correction).
  const published = [
    { r: 81, n: 263, low: 0.2553, high: 0.3662 },
    { r: 15, n: 148, low: 0.0624, high: 0.1605 },
    { r: 0, n: 20, low: 0, high: 0.1611 },
    { r: 1, n: 29, low: 0.0061, high: 0.1718 },
  ];
  for (const { r, n, low, high } of published) {
    it(`agrees with the published interval for ${r} of ${n}`, () => {
      const interval = wilsonInterval(r / n, n);
      assert.equal(interval?.low.toFixed(4), low.toFixed(4));
      assert.equal(interval?.high.toFixed(4), high.toFixed(4));
    });
  }

  it('stays within 0 and 1, and holds the share', () => {
    for (const n of [0.5, 1, 3, 7, 20])
      for (const share of [0, 0.001, 0.999, 1]) {
        const { low = -1, high = 2 } = wilsonInterval(share, n) ?? {};
        assert.ok(low >= 0 && low <= share + 1e-12 && share - 1e-12 <= high && high <= 1);
      }
  });

  it('never rounds beyond 1', () => {
    for (let n = 1; n <= 3000; n += 1) assert.ok((wilsonInterval(1, n)?.high ?? 2) <= 1, `${n}`);
  });

  it('gives no interval without data, and never for NaN', () => {
    assert.equal(wilsonInterval(0, 0), null);
    assert.equal(wilsonInterval(Number.NaN, 10), null);
    assert.equal(wilsonInterval(0.5, Number.NaN), null);
    for (const none of [-0.01, 1.01]) assert.equal(wilsonInterval(none, 10), null);
  });
});
