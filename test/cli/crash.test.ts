import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { crashRuns } from '../support/crashHarness.ts';
import { seededRandom } from '../support/seededRandom.ts';

const cli = path.join(import.meta.dirname, '..', '..', 'src', 'cli.ts');

describe('a run that is killed', () => {
  // The benchmark suite does the same 200 times: npm run bench -- crash
  it('ends with the report of an uninterrupted one, and calls nothing twice', async function () {
    this.timeout(180_000);
    const outcome = await crashRuns({ cli: [cli], runs: 4, cases: 60, random: seededRandom(42) });
    assert.equal(outcome.runs, 4);
    assert.ok(outcome.kills > 0);
    assert.ok(outcome.halves > 0, 'no kill found a case of which one trial was stored');
  });
});
