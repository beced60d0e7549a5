import assert from 'node:assert/strict';
import { wordSoFar } from '../../../../src/engine/compare/pairs/compareCases.ts';
import { clusterOf } from '../../../../src/engine/compare/pairs/differences.ts';
import { SequentialTally } from '../../../../src/engine/compare/sequential/sequentialTally.ts';
import { Chance } from '../../../support/simulation/chance.ts';
import { drawCases, piledUp, skewed, withErrors } from '../../../support/simulation/comparisons.ts';

describe('the tally of a sequential comparison', () => {
  const worlds = [
    { world: piledUp(120), effect: 0.3 },
    { world: piledUp(60, 3, 0.7), effect: -0.3 },
    { world: withErrors(piledUp(150)), effect: 0.4 },
    { world: skewed(300), effect: 0 },
    { world: withErrors(skewed(120)), effect: 0.2 },
  ];
  for (const { world, effect } of worlds)
    it(`finds the word of the whole after every cluster: ${world.name}, effect ${effect}`, () => {
      const cases = drawCases(world, new Chance(7), effect);
      const margin = 0.05;
      const tally = new SequentialTally(margin);
      const seen: typeof cases = [];
      for (const cluster of Map.groupBy(cases, clusterOf).values()) {
        tally.add(cluster);
        seen.push(...cluster);
        const options = { margin, seed: 0, sequential: true, same: false, partial: true };
        assert.equal(tally.word, wordSoFar(seen, options), `after ${seen.length} cases`);
      }
      assert.equal(tally.clusters, world.clusters);
    });
});
