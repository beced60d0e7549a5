import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { simulateDeployment } from '../../../support/deploy/simulateDeployment.ts';

/** Thousands of them are in `npm run bench -- deploySimulation`. */
const SEEDS = 12;

describe('a deployment among crashes, lost answers, outages, stalls, wishes, drift and clocks that jump', function () {
  this.timeout(240_000);

  it('keeps its invariants, and comes to an end', async () => {
    const ends = new Set<string>();
    let crashes = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const simulated = await simulateDeployment(seed);
      assert.deepEqual(simulated.problems, []);
      ends.add(simulated.phase);
      crashes += simulated.crashes;
    }
    assert.deepEqual([...ends].sort(), ['done', 'rolled-back']);
    assert.ok(crashes > SEEDS, `only ${crashes} crashes`);
  });

  it('does so whatever the seed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1000, max: 1_000_000 }), async (seed) => {
        assert.deepEqual((await simulateDeployment(seed)).problems, []);
      }),
      { numRuns: 4, endOnFailure: true },
    );
  });
});
