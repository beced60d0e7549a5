import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mcnemarPower } from '../../../src/engine/statistics/mcnemarPower.ts';
import {
  type DifferenceKind,
  smallestEffect,
  unitsToFind,
  unitsToShowEquivalence,
} from '../../../src/engine/statistics/power.ts';

const pairs = (discordant: number): DifferenceKind => ({ kind: 'pairs', discordant });
const means = (deviation: number, skewness = 0, largest = 1): DifferenceKind => ({
  kind: 'means',
  deviation,
  skewness,
  largest,
});

describe('planning', () => {
  it('finds the smallest effect and the number of cases that find it in step', () => {
    for (const kind of [pairs(0.25), pairs(0.1), means(0.2), means(0.4, -2), means(0.3, 0, 3)])
      for (const units of [30, 100, 400]) {
        const effect = smallestEffect(kind, units);
        assert.ok(effect !== null && effect > 0 && effect <= 1, `${JSON.stringify(kind)} ${units}`);
        const needed = unitsToFind(kind, -effect * 1.001) ?? 0;
        // McNemar's test gains in steps, so that a few more may do worse.
        assert.ok(needed <= units && needed > 0.85 * units, `${JSON.stringify(kind)}: ${needed} of ${units}`);
      }
  });

  it('promises no less than 80 % by McNemar’s test, and one case fewer less', () => {
    const effect = smallestEffect(pairs(0.25), 60) ?? 0;
    assert.ok(mcnemarPower(60, 0.25, effect, 0.025) >= 0.8);
    assert.ok(mcnemarPower(60, 0.25, effect - 1e-4, 0.025) < 0.8);
    const needed = unitsToFind(pairs(0.05), 0.05) ?? 0;
    assert.ok(mcnemarPower(needed, 0.05, 0.05, 0.025) >= 0.8);
  });

  it('agrees with normal theory for many cases', () => {
    // (z(0.9875) + z(0.8))·0.5/√n = (2.2414 + 0.8416)·0.5/100 for the better one of two metrics.
    const many = smallestEffect(means(0.5), 10_000) ?? 0;
    assert.ok(Math.abs(many - 0.0154) < 0.0002, `${many}`);
    // (z(0.95) + z(0.9))²·σ²/m² = 2.9264²·0.25/0.01² for two one-sided tests that both hold.
    const shown = unitsToShowEquivalence(means(0.5), 0.01) ?? 0;
    assert.ok(Math.abs(shown / 21_409 - 1) < 0.01, `${shown}`);
    const byPairs = smallestEffect(pairs(0.25), 10_000) ?? 0;
    assert.ok(Math.abs(byPairs - many) < 0.0003, `${byPairs}`);
  });

  it('takes the rule of three where nothing differs', () => {
    // 0.95^59 = 0.0485.
    assert.equal(unitsToShowEquivalence(pairs(0), 0.05), 59);
    assert.equal(unitsToShowEquivalence(means(0), 0.05), 59);
    assert.equal(unitsToShowEquivalence(means(0), 0.1), 29);
    // Clusters of which one is three times as large as the mean say less: (1 + 0.05/(3 · 0.95))^−G.
    assert.equal(unitsToShowEquivalence(means(0, 0, 3), 0.05), 173);
  });

  it('fears rare losses', () => {
    const even = unitsToShowEquivalence(means(0.2), 0.05) ?? 0;
    const rare = unitsToShowEquivalence(means(0.2, -4), 0.05) ?? 0;
    assert.ok(rare > even, `${rare} against ${even}`);
    assert.equal(unitsToShowEquivalence(means(0.2, 4), 0.05), rare);
  });

  it('knows where no number of cases would do', () => {
    assert.equal(unitsToFind(means(0.2), 0), null);
    assert.equal(unitsToFind(means(0.5), 1e-5), null);
    assert.equal(unitsToShowEquivalence(means(0.2), 0), null);
    assert.equal(smallestEffect(means(0.2), 1), null);
    assert.equal(smallestEffect(means(0.2), 6), null);
    assert.ok(smallestEffect(means(0.01), 30));
  });
});
