import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { DEFAULT_LEVEL_RETENTION } from '../../src/engine/model/levelRetention.ts';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { TraceIntake } from '../../src/engine/traces/traceIntake.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { ExposedMetrics } from '../../src/services/exposedMetrics.ts';
import { LiveMetrics } from '../../src/services/liveMetrics.ts';
import { WorkspacePrices } from '../../src/services/workspacePrices.ts';
import { spanRecord } from '../support/spanRecord.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

describe('live metrics', function () {
  this.timeout(60_000);

  it('keep levels for as long as touchstone.yaml says, for whoever reads the file', async () => {
    const root = temporaryFolder({ 'touchstone.yaml': 'metrics: { keep: { 1s: 2h, 1min: 30d } }\n' });
    const traces = new TraceStore(traceStorePath(root));
    const configuration = new ConfigurationFile(root, fixedEnvironment({}), systemClock);
    const live = new LiveMetrics({
      ...{ root, configuration, clock: systemClock, exposed: new ExposedMetrics(systemClock) },
      prices: new WorkspacePrices(configuration),
    });
    const stop = new AbortController();
    const running = live.run({ traces, intake: new TraceIntake(traces) }, stop.signal);
    const kept = () => {
      const store = new MetricStore(metricStorePath(root), { access: 'read' });
      const { retention } = store;
      store.close();
      return retention;
    };
    while (kept()['1s'] !== 7_200_000) await systemClock.sleep(10);
    assert.deepEqual(kept(), { ...DEFAULT_LEVEL_RETENTION, '1s': 7_200_000, '1min': 30 * 86_400_000 });
    stop.abort();
    await running;
    traces.close();
  });

  it('count once for a scraper what is measured anew, into another file', async () => {
    const root = temporaryFolder();
    const traces = new TraceStore(traceStorePath(root));
    const exposed = new ExposedMetrics(systemClock);
    const configuration = new ConfigurationFile(root, fixedEnvironment({}), systemClock);
    const prices = new WorkspacePrices(configuration);
    const live = new LiveMetrics({ root, clock: systemClock, exposed, prices, configuration });
    const source = { traces, intake: new TraceIntake(traces) };
    const heard = { spans: 0, evaluations: 0 };
    exposed.spans.measured = ({ spans }) => {
      heard.spans += spans.length;
    };
    exposed.quality.evaluated = (evaluations) => {
      heard.evaluations += evaluations.length;
    };

    let received = 0;
    function receive(): void {
      received += 1;
      const endMs = Date.now();
      const span = spanRecord({
        ...{ traceId: 'a', spanId: String(received), startMs: endMs - 1, endMs },
        attributes: { 'gen_ai.operation.name': 'chat' },
      });
      traces.append([span], []);
      traces.evaluations.add({
        ...{ traceId: 'a', spanId: span.spanId, monitor: 'live', evaluator: 'polite', type: 'rubric' },
        ...{ stage: 'judge', score: 1, passed: true, reason: '', costUsd: 0, latencyMs: 1 },
        ...{ atMs: endMs, spanEndMs: endMs, labels: { service: 'shop', model: null, release: null } },
      });
    }

    async function measured(): Promise<void> {
      const stop = new AbortController();
      const running = live.run(source, stop.signal);
      while (countOf('calls') < received || countOf('score') < received) await systemClock.sleep(20);
      stop.abort();
      await running;
    }

    function countOf(measure: 'calls' | 'score'): number {
      const store = new MetricStore(metricStorePath(root), { access: 'read' });
      const range = { fromMs: 0, toMs: 9e15, where: {}, by: null, level: '1d', mostPoints: 2 } as const;
      const count = store.total({ ...range, measure })[0]?.points[0]?.count ?? 0;
      store.close();
      return count;
    }

    receive();
    await measured();
    assert.deepEqual(heard, { spans: 1, evaluations: 1 });
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${metricStorePath(root)}${suffix}`, { force: true });
    receive();
    await measured();
    assert.deepEqual(heard, { spans: 2, evaluations: 2 });
    traces.close();
  });
});
