import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BettingTest } from '../../../src/engine/statistics/betting.ts';
import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';

/** The same wealth process, written out for one hypothesised mean of x in [0, 1]. */
function wealth(differences: readonly number[], m: number): { up: number; down: number } {
  let up = 1;
  let down = 1;
  let [upMax, downMax] = [1, 1];
  const seen: number[] = [];
  for (const d of differences) {
    const x = (d + 1) / 2;
    const t = seen.length + 1;
    const means = seen.map((_, i) => (0.5 + seen.slice(0, i + 1).reduce((a, b) => a + b, 0)) / (i + 2));
    const variance = (0.25 + seen.reduce((sum, value, i) => sum + (value - (means[i] ?? 0)) ** 2, 0)) / t;
    const bet = Math.sqrt((2 * Math.log(2 / 0.05)) / (variance * t * Math.log(t + 1)));
    up *= 1 + Math.min(bet, 0.5 / m) * (x - m);
    down *= 1 - Math.min(bet, 0.5 / (1 - m)) * (x - m);
    upMax = Math.max(upMax, up);
    downMax = Math.max(downMax, down);
    seen.push(x);
  }
  return { up: 1 / upMax, down: 1 / downMax };
}

describe('BettingTest', () => {
  it('grows capital by the published bets', () => {
    const random = Xoshiro128.seeded(3);
    const differences = Array.from({ length: 60 }, () => random.below(5) / 2 - 1);
    const test = new BettingTest();
    for (const d of differences) test.add(d);
    for (const mean of [-1, -0.995, -0.99, -0.5, -0.05, 0, 0.3, 0.99, 0.995, 1]) {
      const expected = wealth(differences, (mean + 1) / 2);
      const { atMost, atLeast } = test.pValues(mean);
      assert.ok(Math.abs(atMost - expected.up) < 1e-9 && Math.abs(atLeast - expected.down) < 1e-9);
    }
  });

  it('rejects neither end of the scale, and takes what rounding leaves beyond one for the end', () => {
    for (const end of [-1, 1]) {
      const [exact, rounded] = [new BettingTest(), new BettingTest()];
      for (let i = 0; i < 2000; i += 1) {
        exact.add(end);
        rounded.add(end * (1 + 1e-9));
        if (i === 20) assert.deepEqual(rounded.pValues(0), exact.pValues(0));
      }
      assert.deepEqual(rounded.interval(), exact.interval());
      // Bets of ½ on 0.0025, 2000 times, next to the end of the grid: 1.00125^−2000 = 0.082.
      const next = exact.pValues(0.995 * end)[end > 0 ? 'atMost' : 'atLeast'];
      assert.ok(next > 0.05 && next < 0.1, `${next}`);
      const { low, high } = exact.interval();
      assert.ok(end < 0 ? low === -1 && high < -0.9 : high === 1 && low > 0.9);
    }
  });

  it('knows nothing at the start and finds a plain difference', () => {
    const test = new BettingTest();
    assert.deepEqual(test.pValues(0), { atMost: 1, atLeast: 1 });
    assert.deepEqual(test.interval(), { low: -1, high: 1 });
    for (let i = 0; i < 60; i += 1) test.add(i % 3 === 0 ? 0 : 1);
    assert.ok(test.pValues(0).atMost < 0.001);
    assert.equal(test.pValues(0).atLeast > 0.5, true);
    const { low, high } = test.interval();
    assert.ok(low > 0.2 && low < 2 / 3 && high > 2 / 3);
  });

  it('never forgets what was once shown', () => {
    const test = new BettingTest();
    for (let i = 0; i < 40; i += 1) test.add(1);
    const shown = test.pValues(0).atMost;
    for (let i = 0; i < 40; i += 1) test.add(-1);
    assert.equal(test.pValues(0).atMost, shown);
  });
});

describe('the interval of the BettingTest', () => {
  it('leaves out the last mean that it rejects', () => {
    const differences = '0+-+0++++0+0+-+-+0+-+-+0+++0++0+0--+00-+';
    for (const [sign, end] of [
      [1, 'low'],
      [-1, 'high'],
    ] as const) {
      const test = new BettingTest();
      for (const mark of differences) test.add(sign * (mark === '+' ? 1 : mark === '-' ? -1 : 0));
      const { atMost, atLeast } = test.pValues(0);
      assert.ok(Math.min(atMost, atLeast) <= 0.025, '0 is rejected');
      const off = sign * test.interval()[end];
      assert.ok(off > 0 && off < 1e-8, `${off}`);
    }
  });
});
