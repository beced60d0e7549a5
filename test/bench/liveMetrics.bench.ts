// How fast received spans are measured, and for how long they keep the receiver waiting; what a million of them take on the disk; and how long a
// dashboard over a year takes, with data in every minute of it.
import { statSync } from 'node:fs';
import os from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { spanPrice } from '../../src/engine/models/prices/spanPrice.ts';
import { systemClock } from '../../src/engine/ports.ts';
import type { Measure } from '../../src/engine/telemetry/metrics/measures.ts';
import { MetricBatch } from '../../src/engine/telemetry/metrics/metricBatch.ts';
import { MetricConsumer } from '../../src/engine/telemetry/metrics/metricConsumer.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { decodeTraces } from '../../src/engine/telemetry/receiver/decodeExport.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { agentRequest } from '../support/otlp/agentSpans.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const SPANS = 102_400;
/** Spans of one trace, which is sent by itself. */
const A_TRACE = 8;
/** In a burst; and so that a million come in a day. */
const RATES = [20_000, 11.6];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const DASHBOARD: readonly Measure[] = [
  'calls',
  'errors',
  'durationMs',
  'inputTokens',
  'outputTokens',
  'costUsd',
];
const LIMIT_MS = 50;

/** Bytes of the metric store, and spans measured a second. */
async function measureSpans(rate: number): Promise<void> {
  const root = temporaryFolder();
  const traces = new TraceStore(traceStorePath(root));
  const start = Date.now() - (SPANS / rate) * 1_000 - MINUTE;
  for (let first = 0; first < SPANS; first += A_TRACE) {
    const body = JSON.stringify(agentRequest(first, A_TRACE, Math.round(start + (first / rate) * 1_000)));
    traces.append(decodeTraces(new TextEncoder().encode(body), 'json').records, []);
  }

  const store = new MetricStore(metricStorePath(root));
  const consumer = new MetricConsumer({
    ...{
      log: traces.log,
      store,
      clock: systemClock,
      price: spanPrice({}),
    },
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const began = performance.now();
  while (await consumer.next()) await systemClock.sleep(0);
  const seconds = (performance.now() - began) / 1_000;
  delay.disable();
  store.close();
  traces.close();

  const mib = statSync(metricStorePath(root)).size / 2 ** 20;
  console.log(
    `${rate.toLocaleString('en')} spans/s of arrival: measured at ${Math.round(SPANS / seconds).toLocaleString('en')} spans/s, ` +
      `event loop held for ${(delay.percentile(99) / 1e6).toFixed(0)} ms (p99), ${(delay.max / 1e6).toFixed(0)} ms at most; ` +
      `${mib.toFixed(1)} MiB, ${((mib * 1e6) / SPANS).toFixed(0)} MiB a million spans`,
  );
}

function fillYear(store: MetricStore, now: number): number {
  let seq = 0;
  let rows = 0;
  for (let day = now - 365 * DAY; day < now; day += DAY) {
    const batch = new MetricBatch();
    for (let at = day; at < Math.min(now, day + DAY); at += MINUTE) {
      for (const service of ['shop', 'desk']) {
        const values = {
          errors: at % 7 === 0 ? 1 : 0,
          durationMs: 500 + (at % 977),
          inputTokens: at % 4_001,
        };
        batch.add({ labels: { service, operation: 'model' }, timeMs: at, finest: '1min', values });
        rows += 3;
      }
    }
    const from = store.cursor('fill');
    seq += 1;
    store.commit(batch, { name: 'fill', from, to: { seq, mark: String(seq) } }, now);
  }
  return rows;
}

function dashboard(store: MetricStore, now: number): number {
  const began = performance.now();
  for (const measure of DASHBOARD) {
    const range = {
      measure,
      fromMs: now - 365 * DAY,
      toMs: now,
      where: {},
      level: 'auto',
      mostPoints: 400,
    } as const;
    store.series({ ...range, by: 'service' });
    store.total({ ...range, by: null });
  }
  return performance.now() - began;
}

console.log(`on ${os.cpus()[0]?.model}`);
for (const rate of RATES) await measureSpans(rate);

const file = metricStorePath(temporaryFolder());
const store = new MetricStore(file);
const now = Date.now();
const rows = fillYear(store, now);
const times = Array.from({ length: 21 }, () => dashboard(store, now)).sort((a, b) => a - b);
const [median = Number.NaN] = times.slice(10);
store.close();
console.log(
  `a year of ${rows.toLocaleString('en')} minutes of data (${(statSync(file).size / 2 ** 20).toFixed(0)} MiB): ` +
    `a dashboard of ${DASHBOARD.length} charts in ${median.toFixed(1)} ms (median), ${times.at(-1)?.toFixed(1)} ms at most; limit ${LIMIT_MS} ms`,
);
if (!(median < LIMIT_MS)) process.exitCode = 1;
