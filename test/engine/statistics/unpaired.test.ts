import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import {
  logAgainstAtLeast,
  logAgainstAtMost,
  logAgainstNotGreater,
} from '../../../src/engine/statistics/capital.ts';
import { timeUniformErrors } from '../../../src/engine/statistics/timeUniform.ts';
import { notLessP } from '../../../src/engine/statistics/unpairedShares.ts';
import { logAgainstTailNotGreater, tailNotLessP } from '../../../src/engine/statistics/unpairedTail.ts';
import { Chance } from '../../support/simulation/chance.ts';

const yesNo = (hits: number, n: number) =>
  [
    { value: 1, count: hits },
    { value: 0, count: n - hits },
  ].filter(({ count }) => count > 0);

describe('two groups that are not paired', () => {
  // SciPy 1.17: quad(lambda m: R.pdf(m) * L.sf(m + margin)), L = beta(a + 1, n − a), R = beta(b, m − b + 1).
  for (const [hits, n, others, m, margin, p] of [
    [0, 30, 0, 3000, 0.02, 0.5454843193824371],
    [1, 30, 30, 3000, 0.02, 0.7730341094958894],
    [3, 300, 3, 300, 0.02, 0.03272217147266674],
    [20, 300, 3, 300, 0.02, 0.9969765389153116],
    [0, 20, 0, 20, 0.05, 0.3584859224085422],
    [7, 50, 5, 40, 0.1, 0.17638606050463235],
  ] as const)
    it(`${hits} of ${n} against ${others} of ${m} and a margin of ${margin}: as SciPy integrates`, () => {
      assert.ok(Math.abs(notLessP(yesNo(hits, n), yesNo(others, m), margin) - p) < 1e-3);
    });

  it('holds its level for all outcomes of small groups together', () => {
    const [n, m, margin] = [12, 15, 0.2];
    const outcomes = Array.from({ length: (n + 1) * (m + 1) }, (_, at) => {
      const [hits, others] = [Math.floor(at / (m + 1)), at % (m + 1)];
      return { hits, others, p: notLessP(yesNo(hits, n), yesNo(others, m), margin) };
    });
    for (const level of [0.05, 0.27, 0.55])
      for (const rate of [0, 0.05, 0.1, 0.3, 0.5, 0.75]) {
        const chances = outcomes
          .filter(({ p }) => p <= level)
          .map(({ hits, others }) => chanceOf(hits, n, rate + margin) * chanceOf(others, m, rate));
        const rejected = chances.reduce((sum, chance) => sum + chance, 0);
        assert.ok(rejected <= level + 1e-9, `${rejected} at ${rate} for ${level}`);
      }
  });

  it('is undecided without values', () => {
    assert.equal(notLessP([], yesNo(0, 9), 0.1), 1);
    assert.equal(notLessP(yesNo(0, 9), [], 0.1), 1);
    assert.equal(tailNotLessP([], [1], 1), 1);
    assert.equal(logAgainstTailNotGreater([1], [], 1), Number.NEGATIVE_INFINITY);
  });

  it('has capital whose mean is at most what a gambler began with, for every number of hits', () => {
    for (const mean of [0.02, 0.3, 0.9])
      for (const n of [1, 7, 40]) {
        let up = 0;
        let down = 0;
        for (let hits = 0; hits <= n; hits += 1) {
          up += chanceOf(hits, n, mean) * Math.exp(logAgainstAtMost(yesNo(hits, n), mean));
          down += chanceOf(hits, n, mean) * Math.exp(logAgainstAtLeast(yesNo(hits, n), mean));
        }
        assert.ok(Math.abs(up - 1) < 1e-9 && Math.abs(down - 1) < 1e-9, `${up} ${down}`);
      }
  });

  it('has the same of two groups at any means that differ by the margin', () => {
    const [n, m, margin] = [10, 14, 0.1];
    for (const rate of [0.01, 0.2, 0.6, 0.85]) {
      let expected = 0;
      for (let hits = 0; hits <= n; hits += 1)
        for (let others = 0; others <= m; others += 1)
          expected +=
            chanceOf(hits, n, rate + margin) *
            chanceOf(others, m, rate) *
            Math.exp(logAgainstNotGreater(yesNo(hits, n), yesNo(others, m), margin));
      assert.ok(expected <= 1 + 1e-9, `${expected} at ${rate}`);
    }
  });

  it('ends nothing at a look of many, in more than its share of the cases', () => {
    let alarms = 0;
    for (let round = 0; round < 300; round += 1) {
      const chance = new Chance(round + 1);
      let [ours, theirs, isAlarm] = [0, 0, false];
      for (let n = 20; n <= 400; n += 20) {
        ours += chance.successes(20, 0.1);
        theirs += chance.successes(20, 0.1);
        isAlarm ||= logAgainstNotGreater(yesNo(ours, n), yesNo(theirs, n), 0) >= -Math.log(0.05);
      }
      if (isAlarm) alarms += 1;
    }
    assert.ok(alarms / 300 <= 0.05, `${alarms} of 300`);
  });

  it('sees a tail that is three times as long, and none where only the middle moves', () => {
    const short = Array.from({ length: 200 }, (_, at) => 100 + (at % 20));
    assert.ok(
      logAgainstTailNotGreater(
        short.map((ms) => 3 * ms),
        short,
        1.25,
      ) > 5,
    );
    assert.ok(
      tailNotLessP(
        short.map((ms) => ms - 20),
        short,
        1.25,
      ) < 0.01,
    );
    assert.ok(
      logAgainstTailNotGreater(
        short.map((ms) => Math.min(119, ms + 10)),
        short,
        1.25,
      ) < 0,
    );
  });

  it('widens a bound that holds at every look by what looking costs', () => {
    for (const n of [20, 100, 5000]) {
      const width = timeUniformErrors(n, 0.025);
      assert.ok(width > 2.5 && width < 4, `${width} for ${n}`);
    }
  });
});

function chanceOf(hits: number, n: number, rate: number): number {
  let ways = 1;
  for (let at = 0; at < hits; at += 1) ways = (ways * (n - at)) / (at + 1);
  return ways * rate ** hits * (1 - rate) ** (n - hits);
}
