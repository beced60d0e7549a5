import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { decideCall } from '../../../src/engine/cost/spendingDecision.ts';
import type { Reckoning } from '../../../src/engine/store/tables/spendingLedger.ts';

const of = (spentUsd: number, reservedUsd = 0, underWay = 0): Reckoning => ({
  spentUsd,
  reservedUsd,
  underWay,
});

describe('whether a call may begin', () => {
  const run = (reckoning: Reckoning, mostUsd: number | null, likelyUsd = 0) =>
    decideCall({ perRun: 1 }, { run: reckoning, day: of(99) }, { mostUsd, likelyUsd });

  it('depends on the most that it and all calls under way may cost', () => {
    assert.deepEqual(run(of(0.2, 0.3, 3), 0.5), { granted: true });
    assert.deepEqual(run(of(0.2, 0.3, 3), 0.6), { granted: false, wait: true });
    assert.deepEqual(run(of(0.1, 0.2, 2), 0.7), { granted: true }, 'sums are not exact to the last bit');
  });

  it('goes on one at a time where that much is not left and the likely cost fits', () => {
    assert.deepEqual(run(of(0.8), 0.6, 0.1), { granted: true });
    assert.deepEqual(run(of(0.8, 0.1, 1), 0.6, 0.1), { granted: false, wait: true });
    assert.deepEqual(run(of(0.8), null, 0), { granted: true });
    assert.deepEqual(run(of(0), null, 0), { granted: true });
    assert.deepEqual(run(of(0, 0.1, 1), null, 0), { granted: false, wait: true });
  });

  it('ends the run where nothing under way can change it, and says why', () => {
    const tooDear = run(of(0.95), 0.6, 0.1);
    assert.ok(!tooDear.granted && !tooDear.wait);
    assert.equal(
      tooDear.reason,
      'the next trial could exceed the limit of $1.00 for a run; raise it to continue',
    );
    const reached = run(of(1), 0, 0);
    assert.ok(!reached.granted && !reached.wait);
    assert.match(reached.reason, /limit of \$1\.00 for a run is reached \(\$1\.00 spent\)/);
  });

  it('needs both limits', () => {
    const both = { perRun: 5, perDay: 2 };
    const decision = decideCall(both, { run: of(0), day: of(2) }, { mostUsd: 0.1, likelyUsd: 0 });
    assert.ok(!decision.granted && !decision.wait);
    assert.match(decision.reason, /for a day is reached \(\$2\.00 spent today, UTC\)/);
    const waits = decideCall(both, { run: of(0), day: of(1.9, 0.1, 1) }, { mostUsd: 0.1, likelyUsd: 0 });
    assert.deepEqual(waits, { granted: false, wait: true });
  });
});
