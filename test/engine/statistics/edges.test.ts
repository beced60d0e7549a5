import assert from 'node:assert/strict';
import betaQuantile from '@stdlib/stats-base-dists-beta-quantile';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { cohensKappa, krippendorffAlpha } from '../../../src/engine/statistics/agreement.ts';
import { bootstrapMean } from '../../../src/engine/statistics/bootstrap.ts';
import { boundedMeanP, boundedShareInterval } from '../../../src/engine/statistics/boundedMean.ts';
import { pearson, spearman } from '../../../src/engine/statistics/correlation.ts';
import { cohensDz, oddsRatio } from '../../../src/engine/statistics/effectSize.ts';
import { exponentialSumP } from '../../../src/engine/statistics/exponentialSum.ts';
import { holm } from '../../../src/engine/statistics/holm.ts';
import { exactMcNemar } from '../../../src/engine/statistics/mcnemar.ts';
import { mcnemarPower } from '../../../src/engine/statistics/mcnemarPower.ts';
import { smallestEffect, unitsToFind } from '../../../src/engine/statistics/power.ts';
import { predictionPoweredRate } from '../../../src/engine/statistics/predictionPowered.ts';
import { Xoshiro128 } from '../../../src/engine/statistics/prng.ts';
import { signFlipTest } from '../../../src/engine/statistics/signFlip.ts';
import { wilcoxonSignedRank } from '../../../src/engine/statistics/wilcoxon.ts';

const boot = (values: readonly number[], seed = 1) =>
  bootstrapMean(
    values.map((sum) => ({ sum, n: 1 })),
    Xoshiro128.seeded(seed),
    500,
  );

const clustersOf = (values: readonly number[]) => values.map((sum) => ({ sum, n: 1 }));

const pairs = (improved: number, degraded: number) => [
  ...Array.from({ length: improved }, () => ({ gain: 1, loss: 0, n: 1 })),
  ...Array.from({ length: degraded }, () => ({ gain: 0, loss: 1, n: 1 })),
];

describe('statistics without much data', () => {
  it('say nothing where there is nothing', () => {
    assert.equal(exactMcNemar(0, 0), 1);
    assert.equal(signFlipTest([]), 1);
    assert.equal(wilcoxonSignedRank([0, 0]).p, 1);
    assert.deepEqual(holm([]), []);
    assert.equal(boot([0.5, 1, 0.5, 1]), null);
    for (const none of [[], [1], [0, 0], [1, 1, 1]]) assert.equal(cohensDz(none), null);
    assert.equal(oddsRatio(pairs(0, 0)), null);
    assert.equal(cohensKappa([], 2), null);
    assert.equal(
      krippendorffAlpha(
        [
          [1, null],
          [null, 2],
        ],
        'nominal',
      ),
      null,
    );
    assert.equal(pearson([1, 1], [1, 2]), null);
    assert.equal(spearman([1], [1]), null);
    assert.equal(unitsToFind({ kind: 'pairs', discordant: 0.1 }, 0), null);
    assert.equal(smallestEffect({ kind: 'pairs', discordant: 0.25 }, 0), null);
    assert.equal(predictionPoweredRate([{ cluster: 'a', weight: 1, judge: true, label: undefined }]), null);
  });

  it('know no agreement beyond chance where chance alone agrees, and none where all disagree', () => {
    assert.equal(
      cohensKappa(
        [
          [1, 1],
          [1, 1],
        ],
        2,
      ),
      null,
    );
    assert.equal(cohensKappa([[0, 1]], 2), 0);
    for (const units of [
      [],
      [
        [1, 1],
        [1, 1, 1],
      ],
      [[], [2]],
    ])
      for (const distance of ['nominal', 'interval'] as const)
        assert.equal(krippendorffAlpha(units, distance), null);
  });

  it('do not call no change among few cases equivalent', () => {
    const p = (units: number) => boundedMeanP(clustersOf(Array<number>(units).fill(0)), -0.05).atMost;
    assert.ok(p(40) > 0.05);
    // The rule of three: 3 / 0.05 = 60 cases.
    assert.ok(p(58) > 0.05 && p(59) < 0.05);
  });

  it('are never surer than the signs of the clusters allow', () => {
    assert.equal(boot([1, 1, 1, 1, 1])?.p, 2 / 2 ** 5);
    assert.ok((boot([1, 0.9, 0.95, 0.8, 0.7])?.p ?? 0) >= 2 / 2 ** 5);
  });

  it('take a change of few clusters for what it may be: chance', () => {
    const few = [...Array<number>(40).fill(0), 0.5, 0.5, 0.5, 0.5];
    assert.equal(boot(few)?.p, 2 ** (1 - 4));
  });

  it('know Wilcoxon’s distribution exactly up to 50 differences', () => {
    // SciPy 1.17.1: wilcoxon(method='exact') and (method='approx', correction=True).
    const list = (n: number) =>
      Array.from({ length: n }, (_, at) => ((at + 1) * ((at * 7) % 5 < 3 ? 1 : -1)) / 10);
    for (const [n, p, positive, method] of [
      [50, 0.3044806608698192, 745, 'exact'],
      [51, 0.2142423326058308, 796, 'normal'],
    ] as const) {
      const { p: found, ...rest } = wilcoxonSignedRank([...list(n), 0, 0]);
      assert.ok(Math.abs(found - p) < 1e-9, `${found}`);
      assert.deepEqual(rest, { positive, n, method });
    }
    assert.deepEqual(wilcoxonSignedRank([0]), { positive: 0, p: 1, n: 0, method: 'exact' });
    // 0.1 + 0.2 and 0.3 are ties: 3 and 1.5 + 1.5 of ranks.
    assert.deepEqual(wilcoxonSignedRank([0.1 + 0.2, -0.3, 0.5]).positive, 4.5);
  });

  it('tell a small effect of small differences', () => {
    // Mean 0.00100001 over the standard deviation √2 · 1e-8.
    assert.ok(Math.abs((cohensDz([0.001, 0.00100002]) ?? 0) / (0.00100001 / (Math.SQRT2 * 1e-8)) - 1) < 1e-6);
  });

  it('give the odds of gains against losses', () => {
    assert.equal(oddsRatio(pairs(6, 3))?.ratio, 2);
    assert.equal(oddsRatio(pairs(3, 6))?.ratio, 0.5);
  });

  it('leave an unbounded odds ratio open', () => {
    assert.equal(oddsRatio(pairs(5, 0))?.ratio, null);
    assert.equal(oddsRatio(pairs(5, 0))?.high, null);
    assert.deepEqual([oddsRatio(pairs(0, 5))?.ratio, oddsRatio(pairs(0, 5))?.low], [0, 0]);
  });
});

const sums = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 2, maxLength: 30 });

describe('statistics, always', () => {
  it('are blind to which side is called the baseline', () => {
    fc.assert(
      fc.property(sums, (values) => {
        const turned = values.map((value) => -value);
        assert.ok(Math.abs(signFlipTest(values) - signFlipTest(turned)) < 1e-12);
        assert.ok(Math.abs(wilcoxonSignedRank(values).p - wilcoxonSignedRank(turned).p) < 1e-12);
      }),
    );
  });

  it('give the sign-flip test McNemar’s p for single pairs', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(20), (up, down, same) => {
        const values = [
          ...Array<number>(up).fill(1),
          ...Array<number>(down).fill(-1),
          ...Array<number>(same).fill(0),
        ];
        assert.ok(Math.abs(signFlipTest(values) - exactMcNemar(up, down)) < 1e-9);
      }),
    );
  });

  it('give single pairs and single outputs Clopper and Pearson’s interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (hits, misses) => {
        const low = betaQuantile(0.025, hits, misses + 1);
        const high = betaQuantile(0.975, hits + 1, misses);
        const odds = oddsRatio(pairs(hits, misses));
        const yes = Array.from({ length: hits }, () => ({ sum: 1, n: 1 }));
        const no = Array.from({ length: misses }, () => ({ sum: 0, n: 1 }));
        const share = boundedShareInterval([...yes, ...no]);
        assert.ok(Math.abs(share.low - low) < 1e-7 && Math.abs(share.high - high) < 1e-7);
        assert.ok(Math.abs((odds?.low ?? 0) - low / (1 - low)) < 1e-5 * (1 + (odds?.low ?? 0)));
        assert.ok(Math.abs((odds?.high ?? 0) - high / (1 - high)) < 1e-4 * (1 + (odds?.high ?? 0)));
      }),
      { numRuns: 40 },
    );
  });

  it('give the power of a test that finds everything, or nothing', () => {
    assert.equal(mcnemarPower(7, 0.25, 1, 0.025), 1);
    assert.equal(mcnemarPower(6, 0.25, 1, 0.025), 0);
    assert.equal(mcnemarPower(10, 0, 0, 0.05), 0);
    assert.ok(Math.abs((cohensDz([1, 2]) ?? 0) - 1.5 / Math.SQRT1_2) < 1e-12);
    assert.deepEqual(
      [exponentialSumP([{ value: 1, count: 1 }], 0), exponentialSumP([{ value: 0, count: 1 }], 0)],
      [0, 1],
    );
  });

  it('round sums that are too large to be counted, never to a smaller p', () => {
    const primes = [
      1_000_003, -999_983, 1_299_709, 1_299_721, -350_377, 611_953, 746_773, 882_377, 1_020_379, 999_979,
    ];
    const large = primes.map((prime) => prime * 7);
    let hits = 0;
    const observed = Math.abs(primes.reduce((sum, prime) => sum + prime, 0));
    for (let signs = 0; signs < 1024; signs += 1) {
      const sum = primes.reduce((total, prime, at) => total + ((signs >> at) & 1 ? prime : -prime), 0);
      if (Math.abs(sum) >= observed) hits += 1;
    }
    const p = signFlipTest(large);
    assert.ok(p >= hits / 1024 && p <= hits / 1024 + 0.005, `${p} against ${hits / 1024}`);
    const many = Array.from({ length: 400 }, (_, at) => (at % 20 < 11 ? 1 : -1) * (1_000_003 + 2 * (at % 7)));
    // Normal: 40 ups more than downs of 400 is two standard deviations.
    assert.ok(Math.abs(signFlipTest(many) - 0.0455) < 0.0005, `${signFlipTest(many)}`);
  });

  it('approximate the sign-flip test for many clusters closely', () => {
    const many = Array.from({ length: 3000 }, (_, at) => (at % 100 < 48 ? -1 : 1));
    const discordant = many.length;
    const up = many.filter((value) => value > 0).length;
    const exact = exactMcNemar(up, discordant - up);
    assert.ok(Math.abs(signFlipTest(many) - exact) < 0.01 * exact + 1e-4);
  });

  it('keep the bootstrap’s mean within its interval, and its p in step with it', () => {
    fc.assert(
      fc.property(
        // Fewer clusters give so few distinct means that ties, not the method, decide how far the two agree.
        sums.filter((values) => values.length >= 12),
        fc.nat(1000),
        (values, seed) => {
          const result = boot(
            values.map((value) => value / 3),
            seed,
          );
          assert.ok(result);
          if (!result.interval) return;
          const { low, high } = result.interval;
          assert.ok(low <= result.mean + 1e-9 && result.mean <= high + 1e-9);
          assert.ok(result.p >= 0 && result.p <= 1);
          const floor = 2 ** (1 - values.filter((value) => value !== 0).length);
          if (low > 0.1 || high < -0.1) assert.ok(result.p <= Math.max(0.1, floor));
          if (low < -0.1 && high > 0.1) assert.ok(result.p > 0.01);
        },
      ),
    );
  });

  it('adjust p-values upwards and in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 }), (values) => {
        const adjusted = holm(values);
        for (const [index, value] of values.entries()) assert.ok((adjusted[index] ?? 0) >= value);
        const order = values.map((_, index) => index).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
        const sorted = order.map((index) => adjusted[index] ?? 0);
        assert.deepEqual(
          sorted,
          [...sorted].sort((a, b) => a - b),
        );
      }),
    );
  });
});
