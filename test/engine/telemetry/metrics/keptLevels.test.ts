import assert from 'node:assert/strict';
import { DEFAULT_LEVEL_RETENTION, type Level } from '../../../../src/engine/model/levelRetention.ts';
import { MetricBatch } from '../../../../src/engine/telemetry/metrics/metricBatch.ts';
import { MetricStore, NOWHERE } from '../../../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('the levels of metrics', () => {
  let clock: ManualClock;
  let store: MetricStore;
  let reader: MetricStore;
  let start: number;

  beforeEach(() => {
    clock = new ManualClock({ wall: Date.UTC(2027, 0, 10) });
    start = clock.now();
    const file = metricStorePath(temporaryFolder());
    store = new MetricStore(file, { clock });
    reader = new MetricStore(file, { clock, access: 'read' });
  });
  afterEach(() => {
    reader.close();
    store.close();
  });

  function call(timeMs: number): void {
    const batch = new MetricBatch();
    batch.add({ labels: { service: 'shop' }, timeMs, finest: '1s', values: { errors: 0 } });
    store.commit(batch, { name: `call ${timeMs}`, from: NOWHERE, to: { seq: 1, mark: '' } }, clock.now());
  }

  /** Calls that are found in the last so many milliseconds, and the level that shows them over time. */
  function found(ms: number): [number, Level] {
    const toMs = clock.now() + 1;
    const query = { measure: 'calls', fromMs: toMs - ms, toMs, where: {}, by: null, level: 'auto' } as const;
    const { level, series } = reader.series({ ...query, mostPoints: 10_000 });
    const total = reader.total({ ...query, mostPoints: 1 })[0]?.points[0]?.count ?? 0;
    assert.equal(
      series.flatMap(({ points }) => points).reduce((sum, { count }) => sum + count, 0),
      total,
    );
    return [total, level];
  }

  const forget = () => {
    while (store.forgetSome(clock.now()) > 0);
  };

  it('are kept as by default until a file says otherwise, which readers then know', () => {
    assert.deepEqual(reader.retention, DEFAULT_LEVEL_RETENTION);
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': HOUR, '1d': 400 * DAY }, start);
    assert.deepEqual(reader.retention, { ...DEFAULT_LEVEL_RETENTION, '1s': HOUR, '1d': 400 * DAY });
    store.keep(DEFAULT_LEVEL_RETENTION, start);
    assert.deepEqual(reader.retention, DEFAULT_LEVEL_RETENTION);
  });

  it('that are kept for a shorter time are forgotten then, and the next one is read in their place', () => {
    call(start - 50 * MINUTE);
    call(start);
    assert.deepEqual(found(HOUR), [2, '1s']);
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': 30 * MINUTE }, start);
    forget();
    assert.deepEqual(found(HOUR), [2, '1min']);
    assert.deepEqual(found(20 * MINUTE), [1, '1s']);
  });

  it('that are kept for a longer time are read as far as they reach back', () => {
    call(start - 50 * MINUTE);
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': 30 * MINUTE }, start);
    forget();
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': 2 * HOUR }, start);
    call(start);
    assert.deepEqual(found(HOUR), [2, '1min']);

    clock.pass(20 * MINUTE);
    call(clock.now());
    assert.deepEqual(found(50 * MINUTE), [2, '1s']);
    assert.deepEqual(found(80 * MINUTE), [3, '1min']);
    // Asked for once more, and twice over: what was not there does not come back.
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': 2 * HOUR }, clock.now());
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': HOUR }, clock.now());
    store.keep({ ...DEFAULT_LEVEL_RETENTION, '1s': 2 * HOUR }, clock.now());
    assert.deepEqual(found(80 * MINUTE), [3, '1min']);
    clock.pass(HOUR);
    assert.deepEqual(found(80 * MINUTE), [2, '1s']);
  });
});
