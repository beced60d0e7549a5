import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareSpread } from '../../../../src/engine/compare/pairs/spread.ts';
import { Xoshiro128 } from '../../../../src/engine/statistics/prng.ts';
import { casesOf, type Outcome } from '../comparing.ts';

const spread = (outcomes: readonly Outcome[]) => compareSpread(casesOf(outcomes), 1);

/** Scores around 0.5 that are uniform within ± `width` on each side; in clusters of `size` that share one draw. */
function draw(n: number, widths: { before: number; after: number }, random: Xoshiro128, size = 1): Outcome[] {
  const one = (width: number) => 0.5 + width * (2 * random.next() - 1);
  return Array.from({ length: n / size }, (_, cluster) => {
    const [before, after] = [one(widths.before), one(widths.after)];
    return Array.from({ length: size }, () => ({ before, after, cluster: `${cluster}` }));
  }).flat();
}

describe('compareSpread', () => {
  it('gives the standard deviations of both sides', () => {
    // numpy: std([.2, .4, .6, .8, .5, .5]) and std([.1, .9, .1, .9, .5, .5])
    const found = spread([
      { before: 0.2, after: 0.1 },
      { before: 0.4, after: 0.9 },
      { before: 0.6, after: 0.1 },
      { before: 0.8, after: 0.9 },
      { before: 0.5, after: 0.5 },
      { before: 0.5, after: 0.5 },
    ]);
    assert.ok(Math.abs((found?.baseline ?? 0) - 0.18257418583505536) < 1e-12);
    assert.ok(Math.abs((found?.candidate ?? 0) - 0.32659863237109044) < 1e-12);
  });

  it('tells a wider spread from the same, and knows no difference where nothing varies', () => {
    const random = Xoshiro128.seeded(5);
    const wider = spread(draw(60, { before: 0.1, after: 0.4 }, random));
    assert.ok((wider?.p ?? 1) < 0.001);
    assert.ok((spread(draw(60, { before: 0.3, after: 0.3 }, random))?.p ?? 0) > 0.05);
    assert.equal(spread(Array.from({ length: 20 }, () => ({ before: 0.5, after: 0.7 }))), null);
    assert.ok(spread(draw(60, { before: 1e-7, after: 4e-7 }, random)), 'little is not nothing');
    assert.equal(spread([]), null);
    assert.equal(spread(draw(4, { before: 0.1, after: 0.4 }, random)), null, 'too little data');
  });

  it('finds a difference by chance in at most one of twenty cases, also where cases cluster', () => {
    const random = Xoshiro128.seeded(11);
    for (const size of [1, 4]) {
      const rounds = 100;
      let found = 0;
      for (let round = 0; round < rounds; round += 1)
        if ((spread(draw(64, { before: 0.3, after: 0.3 }, random, size))?.p ?? 1) <= 0.05) found += 1;
      // 5 % of 100 are 5; binomial, 11 or more have p = 0.011.
      assert.ok(found < 11, `${found} of ${rounds} with clusters of ${size}`);
    }
  }).timeout(180_000);

  it('leaves out what was not measured', () => {
    const random = Xoshiro128.seeded(3);
    const outcomes = draw(40, { before: 0.1, after: 0.4 }, random);
    assert.deepEqual(spread([...outcomes, { before: null, after: 1 }]), spread(outcomes));
  });
});
