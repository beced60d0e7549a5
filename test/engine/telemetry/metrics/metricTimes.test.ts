import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { LiveEvaluation } from '../../../../src/engine/model/liveEvaluation.ts';
import { LiveQuality } from '../../../../src/engine/telemetry/metrics/liveQuality.ts';
import { MetricBatch } from '../../../../src/engine/telemetry/metrics/metricBatch.ts';
import type { MetricQuery } from '../../../../src/engine/telemetry/metrics/metricQuery.ts';
import { MetricStore } from '../../../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { tidyMetrics } from '../../../../src/engine/telemetry/metrics/metricUpkeep.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.UTC(2026, 10, 30, 12);

const query = (over: Partial<MetricQuery> = {}): MetricQuery => ({
  ...{ measure: 'inputTokens', fromMs: NOON - DAY, toMs: NOON + DAY, where: {}, by: null },
  ...{ level: '1s', mostPoints: 1e6 },
  ...over,
});

describe('times of metrics', () => {
  let clock: ManualClock;
  let store: MetricStore;

  beforeEach(() => {
    clock = new ManualClock({ wall: NOON });
    store = new MetricStore(metricStorePath(temporaryFolder()), { clock });
  });
  afterEach(() => store.close());

  function put(...times: number[]): void {
    const batch = new MetricBatch();
    for (const timeMs of times) batch.add({ labels: {}, timeMs, finest: '1s', values: { inputTokens: 1 } });
    const from = store.cursor('spans');
    store.commit(batch, { name: 'spans', from, to: { seq: from.seq + 1, mark: 'x' } }, clock.now());
  }

  const count = (over: Partial<MetricQuery> = {}) => store.total(query(over))[0]?.points[0]?.count ?? 0;

  describe('what is too old', () => {
    let stop: AbortController;
    beforeEach(() => {
      stop = new AbortController();
    });
    afterEach(() => stop.abort());

    async function tidying(): Promise<void> {
      put(NOON - 5 * HOUR, NOON - MINUTE);
      void tidyMetrics(store, clock, stop.signal);
      await clock.advance(0);
    }

    it('is forgotten in time', async () => {
      await tidying();
      await clock.advance(50 * MINUTE);
      assert.equal(count(), 2);
      await clock.advance(30 * MINUTE);
      assert.equal(count(), 1);
      assert.equal(count({ level: '1min' }), 2);
    });

    it('is not forgotten because the clock has jumped ahead for a moment', async () => {
      await tidying();
      await clock.advance(5 * MINUTE);
      clock.setWall(NOON + 500 * DAY);
      await clock.advance(6 * MINUTE);
      clock.setWall(NOON + 11 * MINUTE);
      await clock.advance(9 * MINUTE);
      assert.equal(count(), 2);
      assert.equal(count({ level: '1min' }), 2);
    });

    it('is forgotten some time after the machine has slept', async () => {
      await tidying();
      clock.setWall(clock.now() + 3 * HOUR);
      await clock.advance(39 * MINUTE);
      assert.equal(count(), 2);
      await clock.advance(MINUTE);
      assert.equal(count(), 1);
    });

    it('is not forgotten because the clock is ahead for a while, also where the process begins anew meanwhile', async () => {
      for (const ahead of [20 * MINUTE, 3 * HOUR, 900 * DAY]) {
        const began = clock.now();
        put(began - 6 * HOUR + 45 * MINUTE);
        stop = new AbortController();
        void tidyMetrics(store, clock, stop.signal);
        await clock.advance(11 * MINUTE);
        clock.setWall(clock.now() + ahead);
        await clock.advance(10 * MINUTE);
        stop.abort();
        stop = new AbortController();
        void tidyMetrics(store, clock, stop.signal);
        await clock.advance(19 * MINUTE);
        clock.setWall(clock.now() - ahead);
        stop.abort();
        assert.equal(count({ fromMs: began - 6 * HOUR, toMs: began }), 1, String(ahead));
        clock.setWall(clock.now() + 7 * HOUR);
      }
    });

    it('is forgotten little by little where the clock stays ahead, and wholly in the end', async () => {
      put(NOON - 350 * DAY, NOON - 40 * DAY, NOON - 2 * HOUR);
      await tidying();
      await clock.advance(11 * MINUTE);
      clock.setWall(NOON + 900 * DAY);
      const kept = () => count({ level: '1min', fromMs: 0 });
      await clock.advance(5 * HOUR);
      assert.equal(kept(), 5);
      await clock.advance(3 * DAY);
      assert.equal(kept(), 4);
      await clock.advance(50 * DAY);
      assert.equal(kept(), 0);
    });
  });

  it('has days of 24 hours in UTC, also where daylight saving begins or ends', () => {
    // The clock goes back in New York on 1 November 2026 at 06:00 UTC, and went ahead on 8 March at 07:00 UTC.
    for (const change of [Date.UTC(2026, 10, 1, 6), Date.UTC(2026, 2, 8, 7)]) {
      const midnight = Math.floor(change / DAY) * DAY;
      put(...Array.from({ length: 48 }, (_, half) => midnight + half * 30 * MINUTE));
      const range = { fromMs: midnight - DAY, toMs: midnight + 2 * DAY };
      const days = store.series(query({ ...range, level: '1d' })).series[0]?.points ?? [];
      assert.deepEqual(
        days.map(({ startMs, count: calls }) => [startMs, calls]),
        [[midnight, 48]],
      );
      const hours = store.series(query({ ...range, level: '1h' })).series[0]?.points ?? [];
      assert.deepEqual([hours.length, new Set(hours.map(({ count: calls }) => calls))], [24, new Set([2])]);
    }
  });

  it('has the same days wherever the machine is', () => {
    const script = `
      import { bucketStart } from './src/engine/telemetry/metrics/levels.ts';
      console.log([${Date.UTC(2026, 10, 1, 5, 30)}, ${Date.UTC(2026, 2, 8, 7, 30)}].map((at) => bucketStart(at, 86400000)).join());`;
    const starts = ['UTC', 'America/New_York', 'Pacific/Kiritimati'].map((TZ) => {
      const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      });
      return stdout.trim();
    });
    assert.deepEqual(starts, Array(3).fill(`${Date.UTC(2026, 10, 1)},${Date.UTC(2026, 2, 8)}`));
  });

  it('a range from one moment to another is covered once, by whatever levels', () => {
    const times = Array.from({ length: 2_000 }, (_, at) => NOON - at * 53_000);
    put(...times);
    for (const [fromMs, toMs] of [
      [NOON - DAY, NOON],
      [NOON - 90 * MINUTE - 7_000, NOON - 3_000],
      [NOON - 5 * HOUR - 1_000, NOON - 5 * HOUR],
      [NOON - 20 * MINUTE, NOON - 20 * MINUTE],
    ] as const) {
      const right = times.filter((at) => at >= fromMs && at < toMs).length;
      assert.equal(count({ fromMs, toMs, level: 'auto' }), right, `${NOON - fromMs} ${NOON - toMs}`);
    }
  });

  it('a range ends with what is kept of it, also where its end is hardly young enough for a level', () => {
    const arrivedLate = (timeMs: number, finest: '1min' | '1h'): void => {
      const batch = new MetricBatch();
      batch.add({ labels: {}, timeMs, finest, values: { inputTokens: 1 } });
      const from = store.cursor('spans');
      store.commit(batch, { name: 'spans', from, to: { seq: from.seq + 1, mark: 'x' } }, clock.now());
    };
    // Too old for seconds, in the minute in which the range ends, and too old for minutes, in its hour.
    arrivedLate(NOON - 6 * HOUR + 2_000 - 5_000, '1min');
    clock.setWall(NOON + 2_000);
    const end = NOON - 6 * HOUR + 30_000;
    assert.equal(count({ fromMs: end - HOUR, toMs: end, level: 'auto' }), 1);

    arrivedLate(NOON - 400 * DAY - 10 * MINUTE, '1h');
    clock.setWall(NOON - 5 * MINUTE);
    const endOfMinutes = NOON - 400 * DAY - MINUTE;
    assert.equal(count({ fromMs: endOfMinutes - DAY, toMs: endOfMinutes, level: 'auto' }), 1);
  });

  it('a step that a person knows is chosen, and never more points than asked for', () => {
    for (const minutes of [1, 5, 15, 60, 180, 360, 720, 1_440, 10_080, 43_200, 525_600, 5_256_000]) {
      const range = { fromMs: NOON - minutes * MINUTE, toMs: NOON, level: 'auto' } as const;
      for (const mostPoints of [1, 2, 30, 400, 2_000]) {
        const { stepMs } = store.series(query({ ...range, mostPoints }));
        const points = Math.floor((NOON - 1) / stepMs) - Math.floor(range.fromMs / stepMs) + 1;
        assert.ok(points <= Math.max(2, mostPoints), `${minutes} min in ${mostPoints}: ${points}`);
      }
    }
    const step = (minutes: number) =>
      store.series(query({ fromMs: NOON - minutes * MINUTE, toMs: NOON, level: 'auto', mostPoints: 400 }));
    assert.deepEqual(
      [5, 60, 1_440, 10_080, 525_600].map((minutes) => [step(minutes).level, step(minutes).stepMs / 1_000]),
      [
        ['1s', 1],
        ['1s', 10],
        ['1min', 300],
        ['1h', 3_600],
        ['1d', 86_400],
      ],
    );
  });

  describe('quality of live spans', () => {
    let evaluations: LiveEvaluation[];
    beforeEach(() => {
      evaluations = [];
    });
    const log = {
      after: (seq: number, limit: number) => evaluations.filter((one) => one.seq > seq).slice(0, limit),
    };

    function evaluation(seq: number, over: Partial<LiveEvaluation> = {}): LiveEvaluation {
      return {
        ...{ seq, traceId: 't', spanId: String(seq), monitor: 'live', evaluator: 'polite', type: 'rubric' },
        ...{ stage: 'judge', score: 0.5, passed: true, reason: '', costUsd: 0, latencyMs: 1 },
        ...{ atMs: NOON, spanEndMs: NOON - MINUTE },
        labels: { service: 'shop', model: 'gpt-5-mini', release: '1.4.0' },
        ...over,
      };
    }

    it('is measured once, at the time of the span; a missing measurement is none', () => {
      const quality = () => new LiveQuality({ log, store, clock });
      evaluations.push(evaluation(1), evaluation(2, { score: null, passed: null }));
      while (quality().next());
      evaluations.push(
        evaluation(3, { score: 1, spanEndMs: NOON - 2 * HOUR }),
        evaluation(4, { spanEndMs: NOON + HOUR }),
        evaluation(5, { score: 1.5 }),
        evaluation(6, { score: Number.NaN }),
      );
      while (quality().next());
      while (quality().next());

      const [series] = store.total(query({ measure: 'score', by: 'evaluator', where: { release: '1.4.0' } }));
      assert.deepEqual([series?.label, series?.points[0]?.count, series?.points[0]?.sum], ['polite', 2, 1.5]);
      assert.equal(count({ measure: 'score', fromMs: NOON - HOUR }), 1);
      assert.deepEqual(
        store.refused({ fromMs: NOON, toMs: NOON + 1 }).map(({ reason }) => reason),
        ['score: not a number', 'score: too large', 'time: ahead of the arrival'],
      );
    });
  });
});
