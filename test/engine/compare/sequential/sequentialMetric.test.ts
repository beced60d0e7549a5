import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareSequentially } from '../../../../src/engine/compare/sequential/sequentialMetric.ts';
import { BettingTest } from '../../../../src/engine/statistics/betting.ts';
import { Chance } from '../../../support/simulation/chance.ts';
import { casesOf, type Outcome, times } from '../comparing.ts';

const lost: Outcome = { before: 1, after: 0 };
const won: Outcome = { before: 0, after: 1 };
const steady: Outcome = { before: 1, after: 1 };

function compare(outcomes: readonly Outcome[]) {
  const found = compareSequentially(casesOf(outcomes), 'pass', { margin: 0.05, filling: 'measured' });
  assert.ok(found?.interval);
  const { p, difference, interval } = found;
  return { p: p ?? 1, difference, interval };
}

function assertAgrees({ p, difference, interval }: ReturnType<typeof compare>): void {
  const shown = JSON.stringify({ p, difference, interval });
  assert.equal(interval.low <= 0 && interval.high >= 0, p > 0.05, shown);
  assert.ok(interval.low <= difference && difference <= interval.high, shown);
}

describe('the sequential test of one metric', () => {
  it('bets on the mean of each cluster, and doubles the p of the side that is ahead', () => {
    const clusters = Array.from({ length: 30 }, (_, at) => times(1 + (at % 3), at % 5 === 0 ? lost : won));
    const outcomes = clusters.flatMap((cluster, at) => cluster.map((one) => ({ ...one, cluster: `${at}` })));
    const bets = new BettingTest();
    for (const at of clusters.keys()) bets.add(at % 5 === 0 ? -1 : 1);
    const options = { margin: 0.2, filling: 'measured' } as const;
    const found = compareSequentially(casesOf(outcomes), 'pass', options);
    assert.deepEqual([found?.clusters, found?.test], [30, 'betting']);
    assert.equal(found?.p, 2 * bets.pValues(0).atMost);
    assert.equal(found?.nonInferiorityP, bets.pValues(-0.2).atMost);
    assert.equal(found?.nonSuperiorityP, bets.pValues(0.2).atLeast);
    assert.deepEqual([found?.oddsRatio, found?.wilcoxonP, found?.casesToDecide], [null, null, null]);
    assert.equal(compareSequentially([], 'pass', options), null);
    const half = [...Array(20).keys()].flatMap((at) => times(2, { before: 1, after: 0.5, cluster: `${at}` }));
    const small = compareSequentially(casesOf(half), 'score', options);
    const few = new BettingTest();
    for (let at = 0; at < 20; at++) few.add(-0.5);
    assert.equal(small?.p, 2 * few.pValues(0).atLeast);
  });

  it('says nothing for a side that once was ahead and no longer is', () => {
    const turned = compare([...times(30, won), ...times(31, lost)]);
    assert.equal(turned.p, 1);
    assertAgrees(turned);
    for (const [first, then] of [
      [won, lost],
      [lost, won],
    ] as const) {
      const even = compare([...times(30, first), ...times(30, then)]);
      assert.equal(even.p, 1);
      assertAgrees(even);
    }
  });

  it('has an interval that holds 0 exactly when p is above 5 %, and always the difference', () => {
    let significant = 0;
    const seeds = 150;
    for (let seed = 0; seed < seeds; seed += 1) {
      const chance = new Chance(seed);
      const cases = 10 + Math.floor(chance.uniform() * 140);
      const turn = chance.uniform() * cases;
      const [first, then] = [chance.uniform(), chance.uniform()];
      const draw = (at: number) => (chance.happens(at < turn ? first : then) ? won : lost);
      const found = compare(
        Array.from({ length: cases }, (_, at) => (chance.happens(0.6) ? draw(at) : steady)),
      );
      assertAgrees(found);
      if (found.p <= 0.05) significant += 1;
    }
    assert.ok(significant > 0.1 * seeds && significant < 0.9 * seeds, `${significant}`);
  });
});
