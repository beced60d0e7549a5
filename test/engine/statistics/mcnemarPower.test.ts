import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { mcnemarPower } from '../../../src/engine/statistics/mcnemarPower.ts';

/** Of n, by multiplication. */
function binomial(k: number, n: number, p: number): number {
  let chance = (1 - p) ** (n - k);
  for (let at = 1; at <= k; at += 1) chance *= ((n - k + at) / at) * p;
  return chance;
}

/** Over all numbers of improvements and degradations. */
function summed(pairs: number, discordant: number, effect: number, level: number): number {
  const share = Math.max(discordant, effect);
  let power = 0;
  for (let count = 0; count <= pairs; count += 1)
    for (let up = 0; up <= count; up += 1) {
      let tail = 0;
      for (let at = 0; at <= count - up; at += 1) tail += binomial(at, count, 0.5);
      if (2 * up <= count || 2 * tail > level) continue;
      power += binomial(count, pairs, share) * binomial(up, count, (1 + effect / share) / 2);
    }
  return power;
}

describe('mcnemarPower', () => {
  for (const [pairs, discordant, effect, level] of [
    [7, 1, 0.9, 0.025],
    [12, 0.5, 0.4, 0.05],
    [20, 0.25, 0.2, 0.025],
    [20, 0.1, 0.5, 0.025],
    [40, 0.6, 0.3, 0.025],
    [40, 0.25, 0, 0.05],
    [60, 0.05, 0.05, 0.025],
  ] as const)
    it(`is the sum over all outcomes of ${pairs} pairs, ${discordant} discordant, effect ${effect}`, () => {
      const found = mcnemarPower(pairs, discordant, effect, level);
      assert.ok(Math.abs(found - summed(pairs, discordant, effect, level)) < 1e-6, `${found}`);
    });
});
