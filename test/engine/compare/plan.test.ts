import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { differencesOf } from '../../../src/engine/compare/pairs/differences.ts';
import { planOf } from '../../../src/engine/compare/plan.ts';
import { unitsToShowEquivalence } from '../../../src/engine/statistics/power.ts';

/** Differences of the cases of each cluster. */
function found(clusters: readonly (readonly number[])[]) {
  const differences = differencesOf(
    clusters.flatMap((values, at) =>
      values.map((value) => ({ cluster: `${at}`, baseline: 0.5 - value / 2, candidate: 0.5 + value / 2 })),
    ),
  );
  assert.ok(differences);
  return differences;
}

const wobble = Array.from({ length: 40 }, (_, at) => [(at % 4 === 0 ? -0.5 : 0.2) + (at % 5) * 0.01]);

describe('planOf', () => {
  it('counts cases by the clusters that it takes', () => {
    const alone = planOf(found(wobble), 0.05, false);
    // Three cases that are all the same tell what one does, and it takes three times as many.
    const thrice = planOf(found(wobble.map(([value = 0]) => [value, value, value])), 0.05, false);
    assert.equal(thrice.casesToFind, 3 * (alone.casesToFind ?? 0));
    assert.equal(thrice.casesToShowEquivalence, 3 * (alone.casesToShowEquivalence ?? 0));
    assert.ok(Math.abs((thrice.smallestEffect ?? 0) - (alone.smallestEffect ?? 1)) < 1e-3);
    assert.equal(alone.casesToDecide, Math.min(alone.casesToFind ?? 0, alone.casesToShowEquivalence ?? 0));
  });

  /** Standard deviation and skewness of values, of which each is a cluster. */
  function momentsOf(values: readonly number[]) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const moment = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0);
    const deviation = Math.sqrt(moment(2) / (values.length - 1));
    return { deviation, skewness: moment(3) / values.length / deviation ** 3 };
  }

  it('goes by the standard deviation and the skewness of the cases, however small they are', () => {
    for (const [scale, margin] of [
      [1, 0.05],
      [0.001, 0.00001],
    ] as const) {
      const scaled = wobble.map((values) => values.map((value) => value * scale));
      const kind = { kind: 'means', ...momentsOf(scaled.flat()), largest: 1 } as const;
      assert.ok(kind.skewness < -1);
      const plan = planOf(found(scaled), margin, false);
      assert.equal(plan.casesToShowEquivalence, unitsToShowEquivalence(kind, margin), `${scale}`);
      const even = unitsToShowEquivalence({ ...kind, skewness: 0 }, margin);
      assert.ok((plan.casesToShowEquivalence ?? 0) > (even ?? 0), `${scale}`);
    }
  });

  it('asks for more where clusters are unequal', () => {
    const even = planOf(found(wobble), 0.05, false).casesToShowEquivalence ?? 0;
    const uneven = found(
      wobble.map(([value = 0], at) => (at === 0 ? [value, value, value, value] : [value])),
    );
    assert.ok((planOf(uneven, 0.05, false).casesToShowEquivalence ?? 0) > even);
    // Forty clusters of 43 cases: the worst that one more could be is as large as the largest of them.
    const alike = found(wobble.map((_, at) => Array<number>(at === 0 ? 4 : 1).fill(0.1)));
    const kind = { kind: 'means', deviation: 0, skewness: 0, largest: (4 * 40) / 43 } as const;
    const units = unitsToShowEquivalence(kind, 0.05) ?? 0;
    assert.equal(planOf(alike, 0.05, false).casesToShowEquivalence, Math.ceil((units * 43) / 40));
  });

  it('plans single pairs by McNemar’s test', () => {
    const pairs = found([...Array<[number]>(3).fill([-1]), ...Array<[number]>(57).fill([0])]);
    assert.deepEqual(
      [planOf(pairs, 0.05, true).casesToFind, planOf(pairs, 0.05, true).casesToDecide],
      [180, 180],
    );
  });

  it('has no number for a difference of nothing, and one for equivalence', () => {
    const plan = planOf(found(Array<[number]>(30).fill([0])), 0.05, true);
    assert.deepEqual([plan.casesToFind, plan.casesToShowEquivalence, plan.casesToDecide], [null, 59, 59]);
    const nothing = planOf(found(Array<[number]>(30).fill([0])), 0, false);
    assert.deepEqual(
      [nothing.casesToFind, nothing.casesToShowEquivalence, nothing.casesToDecide],
      [null, null, null],
    );
    const none = planOf(found([[0.1, 0.2]]), 0.05, false);
    assert.deepEqual(Object.values(none), [null, null, null, null]);
    const scores = planOf(found(Array<[number]>(30).fill([0])), 0.05, false);
    assert.equal(scores.casesToShowEquivalence, 59);
  });
});
