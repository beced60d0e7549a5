import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { compareMetric } from '../../../src/engine/compare/pairs/metric.ts';
import { smallestPassChange } from '../../../src/engine/compare/pairs/outlook.ts';
import { compareResources } from '../../../src/engine/compare/sides/resources.ts';
import {
  boundedMeanInterval,
  boundedMeanP,
  boundedShareInterval,
} from '../../../src/engine/statistics/boundedMean.ts';
import type { Interval } from '../../../src/engine/statistics/interval.ts';
import { judgeErrors } from '../../../src/engine/statistics/judgeErrors.ts';
import { exactMcNemar } from '../../../src/engine/statistics/mcnemar.ts';
import { PassRateEstimate } from '../../../src/engine/statistics/passRate.ts';
import { unitsToFind, unitsToShowEquivalence } from '../../../src/engine/statistics/power.ts';
import { predictionPoweredRate } from '../../../src/engine/statistics/predictionPowered.ts';
import { Chance } from '../../support/simulation/chance.ts';
import {
  type ComparisonWorld,
  drawCases,
  largeGainSmallLose,
  longTailed,
  rareChanges,
  severalTrials,
  wavering,
  wholeClusters,
} from '../../support/simulation/comparisons.ts';
import { drawJudged, trueKappa } from '../../support/simulation/judges.ts';

// The decisive ones of `npm run bench -- statistics`, with fewer rounds. Seeds are fixed, so that nothing here is left to chance.

const MARGIN = 0.05;

/** Share of the rounds in which it happens. */
function share(rounds: number, happens: (chance: Chance) => boolean): number {
  let hits = 0;
  for (let round = 0; round < rounds; round += 1) if (happens(new Chance(round + 1))) hits += 1;
  return hits / rounds;
}

/** Sums of the score differences of each cluster. */
function draw({ clusters, cluster }: ComparisonWorld, chance: Chance, effect: number) {
  return Array.from({ length: clusters }, () => {
    const pairs = cluster(chance, effect);
    const sum = pairs.reduce(
      (total, [before, after]) => total + (after?.score ?? 0) - (before?.score ?? 0),
      0,
    );
    return { sum, n: pairs.length };
  });
}

const covers = ({ low, high }: Interval, truth: number) => low <= truth + 1e-9 && truth <= high + 1e-9;

describe('promises of the statistics', () => {
  for (const cases of [60, 100, 150])
    it(`rare large losses are not called equivalent: ${cases} cases`, () => {
      const missed = (effect: number) =>
        share(
          400,
          (chance) => boundedMeanP(draw(rareChanges(cases), chance, effect), -MARGIN).atMost <= 0.05,
        );
      assert.ok(missed(-MARGIN) <= 0.05, `${missed(-MARGIN)}`);
      const better = share(
        400,
        (chance) => boundedMeanP(draw(rareChanges(cases), chance, MARGIN), MARGIN).atLeast <= 0.05,
      );
      assert.ok(better <= 0.05, `${better}`);
    });

  for (const world of [rareChanges(20), severalTrials(20, 3), wholeClusters(12)])
    it(`intervals cover the mean: ${world.name}`, () => {
      const covered = share(300, (chance) => covers(boundedMeanInterval(draw(world, chance, 0)), 0));
      assert.ok(covered >= 0.94, `${covered}`);
    });

  for (const world of [
    wavering(20, 5, 0.9),
    wavering(12, 10, 0.9),
    wavering(40, 5, 0.9),
    largeGainSmallLose(40),
    largeGainSmallLose(80),
  ])
    it(`equal pass rates are not called different: ${world.name}`, () => {
      const counts = { up: 0, down: 0, covered: 0 };
      const rounds = 300;
      for (let round = 1; round <= rounds; round += 1) {
        const found = compareMetric(drawCases(world, new Chance(round), 0), 'pass', {
          margin: MARGIN,
          filling: 'measured',
        });
        // As the better of two metrics has to be.
        const significant = (found?.p ?? 1) <= 0.025;
        if (significant && found && found.difference > 0) counts.up += 1;
        if (significant && found && found.difference < 0) counts.down += 1;
        if (found?.interval && covers(found.interval, 0)) counts.covered += 1;
      }
      // Signs alone call the wavering side worse in up to 19 % of the rounds.
      assert.ok(counts.up <= 0.04 * rounds && counts.down <= 0.04 * rounds, JSON.stringify(counts));
      assert.ok(counts.covered >= 0.93 * rounds, JSON.stringify(counts));
    });

  it('a clear loss over several trials is still found', () => {
    const found = share(200, (chance) => {
      const cases = drawCases(wavering(40, 5, 0.95), chance, -0.2);
      const metric = compareMetric(cases, 'pass', { margin: MARGIN, filling: 'measured' });
      return metric !== null && metric.difference < 0 && (metric.p ?? 1) <= 0.025;
    });
    assert.ok(found >= 0.8, `${found}`);
  });

  for (const cases of [20, 80])
    it(`the interval of a cost with a long tail covers its mean: ${cases} cases`, () => {
      const covered = share(200, (chance) => {
        const found = compareResources(drawCases(longTailed(cases), chance, 0), 1)[0];
        return found?.interval != null && covers(found.interval, 0.2 * Math.exp(0.5));
      });
      assert.ok(covered >= 0.94, `${covered}`);
    });

  it('fewer than twenty cases give no interval of their cost', () => {
    const intervals = [19, 20].map(
      (cases) => compareResources(drawCases(longTailed(cases), new Chance(1), 0), 1)[0]?.interval != null,
    );
    assert.deepEqual(intervals, [false, true]);
  });

  it('equal sides are called equivalent at the promised number of cases', () => {
    const cases =
      unitsToShowEquivalence({ kind: 'means', deviation: 0.2, skewness: 0, largest: 1 }, MARGIN) ?? 0;
    assert.equal(cases, 185);
    const shown = share(150, (chance) => {
      const sums = Array.from({ length: cases }, () => ({ sum: 0.2 * chance.normal(), n: 1 }));
      return boundedMeanP(sums, -MARGIN).atMost <= 0.05 && boundedMeanP(sums, MARGIN).atLeast <= 0.05;
    });
    assert.ok(shown >= 0.78 && shown < 0.93, `${shown}`);
  });

  for (const cases of [20, 60, 200])
    it(`the smallest effect of ${cases} cases is found by either of two metrics`, () => {
      const effect = smallestPassChange(Array<number>(cases).fill(1)) ?? 0;
      const found = share(1500, (chance) => {
        const differing = Math.max(0.25, effect);
        const discordant = chance.successes(cases, differing);
        const improved = chance.successes(discordant, (1 + effect / differing) / 2);
        return 2 * improved > discordant && exactMcNemar(improved, discordant - improved) <= 0.025;
      });
      assert.ok(found >= 0.78 && found < 0.87, `${found}`);
    });

  it('a change is found at the promised number of cases', () => {
    const cases = unitsToFind({ kind: 'means', deviation: 0.2, skewness: 0, largest: 1 }, -0.1) ?? 0;
    const found = share(200, (chance) => {
      const sums = Array.from({ length: cases }, () => ({ sum: 0.2 * chance.normal() - 0.1, n: 1 }));
      return 2 * boundedMeanP(sums, 0).atLeast <= 0.025;
    });
    assert.ok(found >= 0.77 && found < 0.92, `${found}`);
  });

  for (const [labelled, unlabelled, falsePass, falseFail, perCluster] of [
    [20, 480, 0.2, 0.02, 1],
    [20, 1980, 0.1, 0, 1],
    [50, 1950, 0, 0.03, 1],
    [60, 540, 0.1, 0.02, 3],
  ] as const)
    it(`labels correct the pass rate: ${labelled} of ${labelled + unlabelled}, errors ${falsePass} and ${falseFail}, clusters of ${perCluster}`, () => {
      const world = { labelled, unlabelled, rate: 0.7, falsePass, falseFail, perCluster };
      const widths: [number, number] = [0, 0];
      const kappa = { known: 0, covered: 0 };
      const covered = share(150, (chance) => {
        const outputs = drawJudged(world, chance);
        const corrected = predictionPoweredRate(outputs);
        const alone = predictionPoweredRate(outputs.filter(({ label }) => label !== undefined));
        const errors = judgeErrors(outputs);
        kappa.known += Number(errors !== null);
        kappa.covered += Number(errors !== null && covers(errors.kappaInterval, trueKappa(world)));
        if (!corrected || !alone) return false;
        widths[0] += corrected.interval.high - corrected.interval.low;
        widths[1] += alone.interval.high - alone.interval.low;
        return covers(corrected.interval, world.rate);
      });
      assert.ok(covered >= 0.94, `${covered}`);
      assert.ok(widths[0] < 0.97 * widths[1], 'many judged outputs tell more than the labels alone');
      assert.ok(kappa.covered / kappa.known >= 0.93, `${kappa.covered} of ${kappa.known}`);
    });

  it('a run’s pass rate is known as well as its cases, not its trials', () => {
    for (const [cases, trials, rate] of [
      [10, 10, 0.9],
      [20, 3, 0.8],
    ] as const) {
      const covered = share(300, (chance) => {
        const estimate = new PassRateEstimate();
        for (let at = 0; at < cases; at += 1) {
          const own = chance.happens(0.8) ? Number(chance.happens(rate)) : rate;
          estimate.add(chance.successes(trials, own) / trials, trials, undefined);
        }
        const interval = estimate.estimate()?.interval;
        return interval !== null && interval !== undefined && covers(interval, rate);
      });
      assert.ok(covered >= 0.94, `${cases} × ${trials}: ${covered}`);
    }
  });

  it('shares of clusters that err together are known as well as the clusters', () => {
    const covered = share(400, (chance) => {
      const clusters = Array.from({ length: 12 }, () => {
        const n = 1 + Math.floor(6 * chance.uniform());
        return { sum: chance.happens(0.8) ? n : 0, n };
      });
      return covers(boundedShareInterval(clusters), 0.8);
    });
    assert.ok(covered >= 0.94, `${covered}`);
  });
});
