import assert from 'node:assert/strict';
import fc from 'fast-check';
import { chooseArm } from '../../../../src/engine/gateway/split/chooseArm.ts';
import { seededRandom } from '../../../support/seededRandom.ts';

const KEYS = 20_000;

function arms(weights: { readonly [name: string]: number }) {
  return Object.entries(weights).map(([name, weight]) => ({
    name,
    weight,
    target: { kind: 'provider', provider: name } as const,
  }));
}

/** The arm of each of many keys. */
function assigned(weights: { readonly [name: string]: number }): (string | undefined)[] {
  const all = arms(weights);
  return Array.from({ length: KEYS }, (_, index) => chooseArm(all, `session-${index}`)?.name);
}

function countsOf(names: readonly (string | undefined)[]): Map<string | undefined, number> {
  const counts = new Map<string | undefined, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Pearson's statistic of counts against shares. */
function chiSquare(
  names: readonly (string | undefined)[],
  weights: { readonly [name: string]: number },
): number {
  const sum = Object.values(weights).reduce((so, weight) => so + weight, 0);
  const counts = countsOf(names);
  return Object.entries(weights)
    .filter(([, weight]) => weight > 0)
    .reduce((so, [name, weight]) => {
      const expected = (names.length * weight) / sum;
      return so + ((counts.get(name) ?? 0) - expected) ** 2 / expected;
    }, 0);
}

/** scipy.stats.chi2.ppf(0.9999, degrees of freedom). */
const CRITICAL = [0, 15.14, 18.43, 21.11, 23.52] as const;

const SPLITS: { readonly [name: string]: number }[] = [
  { a: 1, b: 1 },
  { a: 90, b: 10 },
  { a: 99, b: 1 },
  { a: 1e-6, b: 1e-6 },
  { a: 0.2, b: 0.3, c: 0.5 },
  { a: 10, b: 0, c: 20, d: 30, e: 40 },
];

describe('the arm of a request', () => {
  for (const weights of SPLITS) {
    const shown = JSON.stringify(weights);
    const limit = CRITICAL[Object.values(weights).filter((weight) => weight > 0).length - 1] ?? 0;

    it(`has its share of keys for ${shown}`, () => {
      assert.ok(chiSquare(assigned(weights), weights) < limit);
    });

    it(`has its share of draws for ${shown}`, () => {
      const random = seededRandom(3);
      const drawn = Array.from({ length: KEYS }, () => chooseArm(arms(weights), random())?.name);
      assert.ok(chiSquare(drawn, weights) < limit);
    });
  }

  it('is none where no weight is above 0', () => {
    for (const weights of [{}, { a: 0 }, { a: 0, b: 0 }, { a: -1 }, { a: Number.NaN }])
      for (const by of ['key', 0, 0.5]) assert.equal(chooseArm(arms(weights), by), undefined);
  });

  it('is never one without weight, whatever the key, the draw and the order', () => {
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        weights,
        fc.oneof(fc.string(), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })),
        (list, by) => {
          const all = arms(Object.fromEntries(list.map((weight, index) => [`arm${index}`, weight])));
          const chosen = chooseArm(all, by);
          assert.equal(
            chosen === undefined,
            list.every((weight) => weight === 0),
          );
          if (chosen) assert.ok(chosen.weight > 0);
          if (typeof by === 'string') assert.deepEqual(chooseArm(all.toReversed(), by), chosen);
        },
      ),
    );
  });

  it('stays when all weights are multiplied by the same', () => {
    assert.deepEqual(assigned({ a: 9, b: 1 }), assigned({ a: 0.9, b: 0.1 }));
  });

  // Computed by an implementation in Python: other processes and later versions must give the same.
  it('is the same in every process', () => {
    const all = arms({ blue: 1, green: 1 });
    const names = Array.from({ length: 12 }, (_, index) => chooseArm(all, `key ${index}`)?.name);
    assert.equal(names.join(' '), 'blue blue green green blue green green blue green green green blue');
  });

  const changes: [from: { readonly [name: string]: number }, to: { readonly [name: string]: number }][] = [
    [
      { a: 99, b: 1 },
      { a: 90, b: 10 },
    ],
    [
      { a: 90, b: 10 },
      { a: 75, b: 25 },
    ],
    [
      { a: 50, b: 50 },
      { a: 0, b: 100 },
    ],
    [
      { a: 1, b: 1, c: 1 },
      { a: 1, b: 1, c: 2 },
    ],
    [
      { a: 1, b: 1, c: 1 },
      { a: 1, b: 1, c: 0 },
    ],
    [
      { a: 2, b: 3 },
      { a: 2, b: 3, c: 1 },
    ],
  ];
  for (const [from, to] of changes) {
    it(`moves as few keys as possible from ${JSON.stringify(from)} to ${JSON.stringify(to)}`, () => {
      const moved = movedShare(from, to);
      // No assignment can move less than the sum of what arms gain.
      const least = distance(from, to);
      assert.ok(
        Math.abs(moved - least) < 4 * Math.sqrt((least * (1 - least)) / KEYS) + 1e-9,
        `${moved} of ${least}`,
      );
    });
  }

  it('moves what the race of clocks moves where many weights change', () => {
    const [from, to] = [
      { a: 5, b: 3, c: 2 },
      { a: 2, b: 3, c: 5 },
    ];
    const exact = raceMoves(from, to);
    const least = distance(from, to);
    const moved = movedShare(from, to);
    assert.ok(exact >= least && exact < (2 * least) / (1 + least));
    assert.ok(Math.abs(moved - exact) < 4 * Math.sqrt((exact * (1 - exact)) / KEYS), `${moved} of ${exact}`);
  });

  it('only gains keys where only its weight grew', () => {
    const before = assigned({ a: 3, b: 2, c: 1 });
    const after = assigned({ a: 3, b: 2, c: 4 });
    assert.ok(before.every((name, index) => name === after[index] || after[index] === 'c'));
  });
});

function movedShare(
  from: { readonly [name: string]: number },
  to: { readonly [name: string]: number },
): number {
  const after = assigned(to);
  return assigned(from).filter((name, index) => name !== after[index]).length / KEYS;
}

function sharesOf(weights: { readonly [name: string]: number }): { [name: string]: number } {
  const sum = Object.values(weights).reduce((so, weight) => so + weight, 0);
  return Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight / sum]));
}

/** Total variation: ½ Σ |Δ|. */
function distance(
  from: { readonly [name: string]: number },
  to: { readonly [name: string]: number },
): number {
  const [p, q] = [sharesOf(from), sharesOf(to)];
  const names = new Set([...Object.keys(p), ...Object.keys(q)]);
  return [...names].reduce((sum, name) => sum + Math.abs((p[name] ?? 0) - (q[name] ?? 0)), 0) / 2;
}

/** 1 − Σᵢ 1 / Σⱼ max(pⱼ/pᵢ, qⱼ/qᵢ): both races are won by i where its clock beats each other one by the greater of both ratios. */
function raceMoves(
  from: { readonly [name: string]: number },
  to: { readonly [name: string]: number },
): number {
  const names = Object.keys(from);
  const ratio = (weights: { readonly [name: string]: number }, j: string, i: string) =>
    (weights[j] ?? 0) / (weights[i] ?? 0);
  const same = names.reduce(
    (sum, i) => sum + 1 / names.reduce((so, j) => so + Math.max(ratio(from, j, i), ratio(to, j, i)), 0),
    0,
  );
  return 1 - same;
}
