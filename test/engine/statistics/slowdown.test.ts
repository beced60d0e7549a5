import assert from 'node:assert/strict';
import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';
import { type BlockSides, HarmlessTest, SlowdownTest } from '../../../src/engine/statistics/slowdown.ts';

describe('the test of a slowdown', () => {
  const BLOCKS: BlockSides[] = [
    { on: [120, 150, 90, 400, 130], off: [100, 110, 95, 105, 300] },
    { on: [200, 210, 190, 250, 900], off: [120, 130, 110, 140, 125] },
    { on: [130, 170, 160, 180, 150], off: [131, 128, 133, 140, 120] },
  ];

  it('has the p-values of plain products over ranks as SciPy counts them', () => {
    const test = new SlowdownTest({ measures: 1 });
    assert.equal(test.p, null);
    const ps = BLOCKS.map((block) => {
      test.add([block]);
      return test.p;
    });
    for (const [at, p] of [0.8259002312520646, 0.6109705878758996, 0.4505893699947744].entries())
      assert.ok(Math.abs((ps[at] ?? 0) - p) < 1e-12, `${ps[at]} is not ${p}`);

    const harmless = new HarmlessTest(0.2);
    for (const [at, p] of [0.8431703204047218, 0.6256647688168679, 0.44418484308059947].entries()) {
      const { on, off } = BLOCKS[at] ?? { on: [], off: [] };
      harmless.add({ on: off, off: on });
      assert.ok(Math.abs(harmless.p - p) < 1e-12, `${harmless.p} is not ${p}`);
    }
  });

  it('goes on from what an earlier one had come to, as if it were one', () => {
    const [one, other] = [new SlowdownTest({ measures: 1 }), new HarmlessTest(0.2)];
    let [parts, otherParts] = [new SlowdownTest({ measures: 1 }), new HarmlessTest(0.2)];
    for (const block of BLOCKS) {
      one.add([block]);
      other.add(block);
      parts = new SlowdownTest({ measures: 1 }, JSON.parse(JSON.stringify(parts.evidence)));
      otherParts = new HarmlessTest(0.2, JSON.parse(JSON.stringify(otherParts.evidence)));
      parts.add([block]);
      otherParts.add(block);
      assert.deepEqual([parts.p, otherParts.p], [one.p, other.p]);
    }
    assert.deepEqual(new SlowdownTest({ measures: 1 }, parts.evidence).p, one.p);
  });

  /** p after all blocks, for each way in which the coins may have fallen. */
  const overAllCoins = (slices: readonly (readonly [number[], number[]])[], slower = 1): number[] =>
    Array.from({ length: 2 ** slices.length }, (_, coins) => {
      const test = new SlowdownTest({ measures: 1 });
      for (const [at, [first, second]] of slices.entries()) {
        const [on, off] = (coins >> at) & 1 ? [first, second] : [second, first];
        test.add([{ on: on.map((value) => value * slower), off }]);
      }
      return test.p ?? 1;
    });

  it('is exact: over all coins, p is at most α in a share of at most α, whatever the latencies are', () => {
    const random = Xoshiro128.seeded(7);
    for (const slower of [1, 1.05])
      for (let round = 0; round < 6; round += 1) {
        let level = 1;
        const slice = () =>
          Array.from({ length: 4 }, () => {
            // A random walk with jumps: each slice is like the one before, and some calls take very long.
            level *= 0.7 + 0.6 * random.next();
            return random.next() < 0.1 ? level / random.next() : level;
          });
        const ps = overAllCoins(
          Array.from({ length: 10 }, () => [slice(), slice()] as const),
          slower,
        );
        for (const alpha of [0.02, 0.05, 0.1, 0.2, 0.5, 0.8]) {
          const share = ps.filter((p) => p <= alpha + 1e-12).length / ps.length;
          assert.ok(share <= alpha, `${share} of all coins at ${alpha}`);
        }
      }
  });

  /** In how many of so many lives p falls to 0.01, with latencies of heavy tails that drift. */
  const trips = ({ lives, blocks, slower }: { lives: number; blocks: number; slower: number }): number => {
    let count = 0;
    for (let life = 1; life <= lives; life += 1) {
      const random = Xoshiro128.seeded(life);
      const test = new SlowdownTest({ measures: 2 });
      let drift = 0;
      const call = (): number => {
        const uniform = () => random.next() - 0.5;
        drift = 0.95 * drift + 0.2 * uniform();
        const usual = Math.exp(drift + uniform() + uniform());
        return random.next() < 0.05 ? usual * (1 - random.next()) ** (-1 / 1.2) : usual;
      };
      for (let block = 0; block < blocks && (test.p ?? 1) > 0.01; block += 1) {
        const isFirst = random.next() < 0.5;
        const slices = [isFirst, !isFirst].map((isOn) =>
          Array.from({ length: 12 }, () => call() * (isOn ? slower : 1)),
        );
        const [on = [], off = []] = isFirst ? slices : slices.toReversed();
        test.add([
          { on, off },
          { on: on.map((ms) => ms / 2), off: off.map((ms) => ms / 2) },
        ]);
      }
      if ((test.p ?? 1) <= 0.01) count += 1;
    }
    return count;
  };

  it('hardly ever sees a slowdown where there is none, and sees one of 20 %', () => {
    assert.ok(trips({ lives: 400, blocks: 60, slower: 1 }) <= 4);
    assert.ok(trips({ lives: 400, blocks: 60, slower: 1.05 }) <= 4);
    assert.ok(trips({ lives: 50, blocks: 150, slower: 1.2 }) >= 45);
  });

  it('sees calls that bring nothing, and slices without calls say nothing', () => {
    const test = new SlowdownTest({ measures: 1 });
    for (let block = 0; block < 20; block += 1)
      test.add([
        { on: [], off: [1] },
        { on: [1], off: [] },
      ]);
    assert.equal(test.p, 1);

    const endless = Number.POSITIVE_INFINITY;
    for (let block = 0; block < 20; block += 1) test.add([{ on: [endless], off: [endless] }]);
    assert.equal(test.p, 1);
    for (let block = 0; block < 20; block += 1) test.add([{ on: [1, endless, endless], off: [1, 1, 1] }]);
    assert.ok((test.p ?? 1) < 0.01);
  });
});
