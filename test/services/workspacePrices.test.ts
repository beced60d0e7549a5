import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import { readSpan } from '../../src/engine/telemetry/dialects/readSpan.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { TraceIntake } from '../../src/engine/traces/traceIntake.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { ExposedMetrics } from '../../src/services/exposedMetrics.ts';
import { LiveMetrics } from '../../src/services/liveMetrics.ts';
import { WorkspacePrices } from '../../src/services/workspacePrices.ts';
import { ManualClock } from '../support/manualClock.ts';
import { spanRecord } from '../support/spanRecord.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

/** A call of a model that no list of prices knows: a million tokens in, and as many out. */
const CALL = spanRecord({
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  startMs: Date.now() - 2_000,
  endMs: Date.now() - 1_000,
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': 'ours',
    'gen_ai.usage.input_tokens': 1_000_000,
    'gen_ai.usage.output_tokens': 1_000_000,
  },
});

describe('prices of a workspace', () => {
  let root: string;
  let prices: WorkspacePrices;
  let clock: ManualClock;
  let file: ConfigurationFile;

  beforeEach(() => {
    root = temporaryFolder({ 'touchstone.yaml': configuration(2) });
    clock = new ManualClock();
    file = new ConfigurationFile(root, fixedEnvironment({}), clock);
    prices = new WorkspacePrices(file);
  });

  const price = () => prices.price(readSpan(CALL));

  it('are those of touchstone.yaml as it is now', async () => {
    assert.equal(price(), null);
    await prices.refresh();
    assert.equal(price(), 12);
    writeFileSync(path.join(root, 'touchstone.yaml'), configuration(3.5));
    await prices.refresh();
    assert.equal(price(), 13.5);
  });

  it('stay while the file cannot be used, and end with it', async () => {
    await prices.refresh();
    writeFileSync(path.join(root, 'touchstone.yaml'), 'providers: [');
    await prices.refresh();
    assert.equal(price(), 12);
    rmSync(path.join(root, 'touchstone.yaml'));
    await prices.refresh();
    assert.equal(price(), 12);
    clock.pass(3_000);
    await prices.refresh();
    assert.equal(price(), null);
  });

  it('are what received calls are measured by', async () => {
    const traces = new TraceStore(traceStorePath(root));
    const intake = new TraceIntake(traces);
    await intake.keep({ spans: [CALL], logs: [] });
    const stop = new AbortController();
    const exposed = new ExposedMetrics(systemClock);
    const live = new LiveMetrics({ root, clock: systemClock, exposed, prices, configuration: file });
    const running = live.run({ traces, intake }, stop.signal);

    while (measured() === undefined) await systemClock.sleep(20);
    assert.equal(measured(), 12);
    stop.abort();
    await running;
    traces.close();
  });

  /** US dollars. */
  function measured(): number | undefined {
    const store = new MetricStore(metricStorePath(root), { access: 'read', clock: systemClock });
    const range = { fromMs: CALL.startMs - 60_000, toMs: CALL.endMs + 60_000 };
    const query = {
      measure: 'costUsd',
      where: {},
      by: null,
      level: 'auto',
      mostPoints: 1,
      ...range,
    } as const;
    try {
      return store.total(query)[0]?.points[0]?.sum;
    } finally {
      store.close();
    }
  }
});

function configuration(input: number): string {
  return `providers:
  local: { base_url: "http://127.0.0.1:9/v1", prices: { ours: { input: ${input}, output: 10 } } }
`;
}
