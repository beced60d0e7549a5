// Measures the received spans of a workspace, and prints a line for each batch: node metricWriter.ts ROOT

import { systemClock } from '../../src/engine/ports.ts';
import { MetricConsumer } from '../../src/engine/telemetry/metrics/metricConsumer.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';

const [root = ''] = process.argv.slice(2);
const { log } = new TraceStore(traceStorePath(root));
const store = new MetricStore(metricStorePath(root));
const consumer = new MetricConsumer({
  ...{ log, store, clock: systemClock },
  price: ({ tokens }) => (tokens?.input ?? 0) / 1e6,
});

process.stdout.write('started\n');
while (await consumer.next()) process.stdout.write('batch\n');
