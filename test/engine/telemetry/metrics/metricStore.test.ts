import assert from 'node:assert/strict';
import path from 'node:path';
import type { Level } from '../../../../src/engine/model/levelRetention.ts';
import type { StoredMeasure } from '../../../../src/engine/telemetry/metrics/measures.ts';
import { MetricBatch } from '../../../../src/engine/telemetry/metrics/metricBatch.ts';
import type { MetricQuery } from '../../../../src/engine/telemetry/metrics/metricQuery.ts';
import { CursorMoved, MetricStore } from '../../../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { OVERFLOW } from '../../../../src/engine/telemetry/metrics/seriesTable.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 30, 12);

interface Given {
  at?: number;
  values: { [measure in StoredMeasure]?: number };
  labels?: { service?: string; model?: string; operation?: string; release?: string; suite?: string };
  finest?: Level;
}

describe('metric store', () => {
  let folder: string;
  let stores: MetricStore[];
  let seq: number;
  const clock = new ManualClock({ wall: NOON });

  beforeEach(() => {
    folder = temporaryFolder();
    stores = [];
    seq = 0;
  });
  afterEach(() => {
    for (const store of stores) store.close();
  });

  function open(options = {}): MetricStore {
    const store = new MetricStore(metricStorePath(folder), { clock, ...options });
    stores.push(store);
    return store;
  }

  function put(store: MetricStore, given: readonly Given[]): void {
    const batch = new MetricBatch();
    for (const { at = NOON - MINUTE, values, labels = { service: 'shop' }, finest = '1s' } of given)
      batch.add({ labels, timeMs: at, finest, values });
    const from = { seq, mark: seq === 0 ? '' : `span ${seq}` };
    seq += 1;
    store.commit(batch, { name: 'spans', from, to: { seq, mark: `span ${seq}` } }, NOON);
  }

  const query = (over: Partial<MetricQuery> = {}): MetricQuery => ({
    measure: 'durationMs',
    fromMs: NOON - HOUR,
    toMs: NOON,
    where: {},
    by: null,
    level: 'auto',
    mostPoints: 400,
    ...over,
  });

  it('shows an hour’s p95, not the largest of its minutes', () => {
    const store = open();
    const minutes = Array.from({ length: 60 }, (_, minute) => NOON - HOUR + minute * MINUTE);
    // One slow minute among 59 quick ones.
    put(
      store,
      minutes.flatMap((at, minute) =>
        Array.from({ length: 10 }, () => ({ at, values: { durationMs: minute === 7 ? 9_000 : 100 } })),
      ),
    );

    const [total] = store.total(query());
    const { series } = store.series(query());
    assert.equal(total?.points[0]?.count, 600);
    assert.ok(Math.abs((total?.points[0]?.p95 ?? 0) - 100) <= 1);
    assert.equal(Math.max(...(series[0]?.points ?? []).map(({ p95 }) => p95)), 9_000);
    assert.deepEqual(
      store.series(query({ level: '1h' })).series[0]?.points.map(({ startMs, p95 }) => [startMs, p95]),
      [[NOON - HOUR, total?.points[0]?.p95]],
    );
  });

  it('has count, sum, bounds and mean in the unit of the measure', () => {
    const store = open();
    put(store, [
      { values: { errors: 0, durationMs: 12.5, costUsd: 0.000_002, score: 0.25 } },
      { values: { errors: 1, durationMs: 37.5, costUsd: 0.000_004, score: 1 } },
    ]);

    const point = (measure: MetricQuery['measure']) => {
      const { startMs, count, sum, min, max, mean } = store.total(query({ measure }))[0]?.points[0] ?? {};
      return [startMs, count, sum, min, max, mean];
    };
    assert.deepEqual(point('durationMs'), [NOON - HOUR, 2, 50, 12.5, 37.5, 25]);
    assert.deepEqual(point('costUsd'), [NOON - HOUR, 2, 0.000_006, 0.000_002, 0.000_004, 0.000_003]);
    assert.deepEqual(point('score'), [NOON - HOUR, 2, 1.25, 0.25, 1, 0.625]);
    assert.deepEqual(point('errors'), [NOON - HOUR, 2, 1, 0, 1, 0.5]);
    assert.deepEqual(point('calls'), [NOON - HOUR, 2, 2, 1, 1, 1]);
    assert.deepEqual(store.total(query({ measure: 'inputTokens' })), []);
  });

  it('filters and splits by dimensions; what is unknown has no label', () => {
    const store = open();
    put(store, [
      { labels: { service: 'shop', model: 'a' }, values: { inputTokens: 10 } },
      { labels: { service: 'shop', model: 'b' }, values: { inputTokens: 20 } },
      { labels: { service: 'shop' }, values: { inputTokens: 40 } },
      { labels: { service: 'desk', model: 'a' }, values: { inputTokens: 80 } },
      { labels: { service: 'desk', model: 'a' }, values: { inputTokens: 80 } },
    ]);

    const sums = (over: Partial<MetricQuery>) =>
      store
        .total(query({ measure: 'inputTokens', ...over }))
        .map(({ label, points }) => [label, points[0]?.sum]);
    assert.deepEqual(sums({}), [[null, 230]]);
    assert.deepEqual(sums({ by: 'model' }), [
      ['a', 170],
      ['b', 20],
      [null, 40],
    ]);
    assert.deepEqual(sums({ by: 'service', where: { model: 'a' } }), [
      ['desk', 160],
      ['shop', 10],
    ]);
    assert.deepEqual(sums({ where: { model: 'c' } }), []);
    assert.deepEqual(store.values('model'), ['a', 'b']);
    assert.deepEqual(store.values('suite'), []);
  });

  it('keeps a gap as a gap', () => {
    const store = open();
    put(store, [
      { at: NOON - 10 * MINUTE, values: { durationMs: 5 } },
      { at: NOON - 2 * MINUTE, values: { durationMs: 5 } },
    ]);
    const { level, stepMs, series } = store.series(query({ mostPoints: 60 }));
    assert.deepEqual([level, stepMs], ['1min', MINUTE]);
    assert.deepEqual(
      series[0]?.points.map(({ startMs }) => startMs),
      [NOON - 10 * MINUTE, NOON - 2 * MINUTE],
    );
  });

  it('sees what is committed in other connections, and reads a store that is not there as an empty one', () => {
    assert.deepEqual(
      new MetricStore(path.join(folder, 'none.db'), { access: 'read', clock }).total(query()),
      [],
    );
    const store = open();
    put(store, [{ values: { durationMs: 5 } }]);
    const reader = open({ access: 'read' });
    const before = reader.version;
    put(store, [{ values: { durationMs: 7 } }]);
    assert.notEqual(reader.version, before);
    assert.equal(reader.total(query())[0]?.points[0]?.count, 2);
  });

  it('commits the cursor with what was measured, and refuses what another has read already', () => {
    const store = open();
    put(store, [{ values: { durationMs: 5 } }]);
    assert.deepEqual(store.cursor('spans'), { seq: 1, mark: 'span 1' });

    const again = new MetricBatch();
    again.add({ labels: {}, timeMs: NOON, finest: '1s', values: { durationMs: 5 } });
    const to = { seq: 9, mark: 'span 9' };
    assert.throws(
      () => store.commit(again, { name: 'spans', from: { seq: 0, mark: '' }, to }, NOON),
      CursorMoved,
    );
    assert.deepEqual(store.cursor('spans'), { seq: 1, mark: 'span 1' });
    assert.equal(store.total(query())[0]?.points[0]?.count, 1);
  });

  it('refuses and counts what is no measurement', () => {
    const store = open();
    const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 1e300];
    put(
      store,
      bad.map((durationMs) => ({ values: { durationMs, inputTokens: 3 } })),
    );
    assert.deepEqual(store.total(query()), []);
    assert.equal(store.total(query({ measure: 'inputTokens' }))[0]?.points[0]?.count, 5);
    assert.deepEqual(store.refused({ fromMs: NOON - HOUR, toMs: NOON }), [
      { reason: 'durationMs: not a number', count: 3 },
      { reason: 'durationMs: negative', count: 1 },
      { reason: 'durationMs: too large', count: 1 },
    ]);
  });

  it('takes back what was counted, in all levels', () => {
    const store = open();
    put(store, [{ values: { inputTokens: 10 } }, { values: { inputTokens: 500 } }]);
    const batch = new MetricBatch();
    batch.remove({
      labels: { service: 'shop' },
      timeMs: NOON - MINUTE,
      finest: '1s',
      values: { inputTokens: 500 },
    });
    store.commit(batch, { name: 'spans', from: store.cursor('spans'), to: { seq: 2, mark: 'span 2' } }, NOON);

    for (const level of ['1s', '1min', '1h', '1d'] as const) {
      const [point] = store.total(query({ measure: 'inputTokens', level }))[0]?.points ?? [];
      assert.deepEqual([point?.count, point?.sum, point?.max], [1, 10, 10], level);
    }
  });

  it('puts what has too many labels into one series an operation', () => {
    const store = open({ mostSeries: 3 });
    put(
      store,
      Array.from({ length: 50 }, (_, at) => ({
        labels: { service: 'shop', operation: at % 2 === 0 ? 'model' : 'tool', release: `build ${at}` },
        values: { inputTokens: 1 },
      })),
    );
    const byRelease = store.total(query({ measure: 'inputTokens', by: 'release' }));
    assert.deepEqual(
      byRelease.map(({ label, points }) => [label, points[0]?.sum]),
      [
        [OVERFLOW, 47],
        ['build 0', 1],
        ['build 1', 1],
        ['build 2', 1],
      ],
    );
    const byOperation = store.total(query({ measure: 'inputTokens', by: 'operation' }));
    assert.deepEqual(
      byOperation.map(({ label, points }) => [label, points[0]?.sum]),
      [
        ['model', 25],
        ['tool', 25],
      ],
    );
  });

  it('forgets each level in its time', () => {
    const store = open();
    put(
      store,
      [1, 300, 500, 3_000].map((days) => ({ at: NOON - days * DAY, values: { inputTokens: 1 } })),
    );
    while (store.forgetSome(NOON) > 0);

    const count = (level: Level) =>
      store.total(query({ measure: 'inputTokens', level, fromMs: 0 }))[0]?.points[0]?.count ?? 0;
    assert.deepEqual([count('1s'), count('1min'), count('1h'), count('1d')], [0, 2, 3, 4]);
    const [all] = store.total(query({ measure: 'inputTokens', fromMs: NOON - 3_001 * DAY }));
    assert.equal(all?.points[0]?.count, 4);
  });
});
