import assert from 'node:assert/strict';
import type { RunPlan } from '../../../../src/engine/model/run.ts';
import type { Owner } from '../../../../src/engine/store/lease.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { MetricStore } from '../../../../src/engine/telemetry/metrics/metricStore.ts';
import { measureRuns } from '../../../../src/engine/telemetry/metrics/runQuality.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { plan } from '../../../support/runFixtures.ts';

const OWNER: Owner = { pid: process.pid, host: 'here', started: null, alive: () => true };

describe('quality of runs', () => {
  const clock = new ManualClock();
  let runs: RunStore;
  let store: MetricStore;

  beforeEach(() => {
    runs = new RunStore(':memory:');
    store = new MetricStore(':memory:', { clock });
  });
  afterEach(() => {
    runs.close();
    store.close();
  });

  function ran(
    id: string,
    more: Partial<RunPlan> = {},
    state: 'complete' | 'interrupted' = 'complete',
  ): void {
    runs.createRun({ id, plan: { ...plan(), ...more }, createdAt: 1, traceId: id });
    runs.release(runs.claim(id, OWNER, 1), state, 2);
  }

  async function measured(): Promise<string[]> {
    const ids: string[] = [];
    const shared = { runs, store, clock };
    const count = await measureRuns({ ...shared, onMeasured: ({ run }) => ids.push(run.id) });
    assert.equal(count, ids.length);
    return ids;
  }

  it('is measured of all runs, however many there are, each once', async () => {
    const ids = Array.from({ length: 450 }, (_, at) => `run ${String(at).padStart(3, '0')}`);
    for (const id of ids) ran(id);
    assert.deepEqual(await measured(), ids);
    ran('run 999');
    assert.deepEqual(await measured(), ['run 999']);
    assert.deepEqual(await measured(), []);
  });

  it('is that of whole, complete evaluations', async () => {
    ran('whole');
    ran('part', { partOf: 'whole' });
    ran('comparison', { comparison: { baseline: 'a', candidate: 'b' } });
    ran('interrupted', {}, 'interrupted');
    assert.deepEqual(await measured(), ['whole']);
    assert.deepEqual(await measured(), []);
    runs.release(runs.claim('interrupted', OWNER, 1), 'complete', 2);
    assert.deepEqual(await measured(), ['interrupted']);
  });
});
