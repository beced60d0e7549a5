import assert from 'node:assert/strict';
import { simulateWorld } from './world.ts';

/** `npm run bench -- simulation` runs 10,000; node test/simulation/world/main.ts SEED runs one. */
const WORLDS = 300;

describe('model calls in worlds drawn from seeds', function () {
  this.timeout(120_000);
  it(`keep what is promised in ${WORLDS} of them`, async () => {
    const broken: string[] = [];
    const ends = new Map<string, number>();
    for (let seed = 1; seed <= WORLDS; seed += 1) {
      const report = await simulateWorld(seed);
      if (report.violations.length > 0) broken.push(`seed ${seed}: ${report.violations[0]}`);
      for (const [end, count] of Object.entries(report.ends)) ends.set(end, (ends.get(end) ?? 0) + count);
    }

    assert.deepEqual(broken, []);
    // Worlds in which nothing ever goes wrong would show nothing.
    for (const end of [
      'done',
      'streamed',
      'transient',
      'overloaded',
      'rate-limited',
      'caller',
      'Rejected',
      'DeadlineReached',
      'process ended',
    ])
      assert.ok((ends.get(end) ?? 0) > 20, `${end}: ${ends.get(end) ?? 0}`);
  });

  it('are the same to the last event for the same seed', async () => {
    for (const seed of [3, 17, 44]) assert.deepEqual(await simulateWorld(seed), await simulateWorld(seed));
  });
});
