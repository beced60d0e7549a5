import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../src/engine/errors.ts';
import { fixedEnvironment, systemClock } from '../../src/engine/ports.ts';
import { MetricStore } from '../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { TraceIntake } from '../../src/engine/traces/traceIntake.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { ConfigurationFile } from '../../src/services/configurationFile.ts';
import { ExposedMetrics } from '../../src/services/exposedMetrics.ts';
import { Live, type LiveConsumer } from '../../src/services/live.ts';
import { LiveMetrics } from '../../src/services/liveMetrics.ts';
import { ServicesLink } from '../../src/services/servicesLink.ts';
import { WorkspacePrices } from '../../src/services/workspacePrices.ts';
import { ManualClock, settled } from '../support/manualClock.ts';
import { seededRandom } from '../support/seededRandom.ts';
import { exportOf, ServedWorkspace, sendTraces } from '../support/servicesProcess.ts';
import { spanRecord } from '../support/spanRecord.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const NOW = Date.UTC(2024, 0, 1);

describe('live', () => {
  let root: string;
  let traces: TraceStore;

  beforeEach(() => {
    root = temporaryFolder();
    traces = new TraceStore(traceStorePath(root));
  });
  afterEach(() => traces.close());

  const metrics = () => {
    const configuration = new ConfigurationFile(root, fixedEnvironment({}), systemClock);
    return new LiveMetrics({
      ...{ root, configuration, clock: systemClock, exposed: new ExposedMetrics(systemClock) },
      prices: new WorkspacePrices(configuration),
    });
  };
  const source = () => ({ traces, intake: new TraceIntake(traces) });

  it('starts a consumer that failed again, and lets the others go on', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const ran = { failing: 0, bug: 0, good: 0 };
    const bugs: unknown[] = [];
    const consumer = (name: keyof typeof ran, error?: Error): LiveConsumer => ({
      name,
      run: async (_, signal) => {
        ran[name] += 1;
        if (error) throw error;
        await clock.sleep(1e9, signal);
      },
    });
    const consumers = [
      consumer('failing', new StoreError('the disk is full')),
      consumer('bug', new TypeError('not a function')),
      consumer('good'),
    ];
    const live = new Live({ consumers, clock, onChange: () => {}, onBug: (error) => bugs.push(error) });

    live.start(source(), stop.signal);
    await settled();
    assert.deepEqual(live.problems, ['failing: the disk is full', 'bug: not a function']);
    assert.deepEqual(ran, { failing: 1, bug: 1, good: 1 });
    await clock.advance(10_000);
    assert.deepEqual(ran, { failing: 2, bug: 2, good: 1 });
    assert.equal(bugs.length, 2);

    stop.abort();
    await settled();
    assert.equal(clock.timers, 0);
  });

  it('measures what was stored before it began, and what comes then', async () => {
    const stop = new AbortController();
    const { intake } = source();
    await intake.keep({ spans: spans(0, 3), logs: [] });
    const running = metrics().run({ traces, intake }, stop.signal);
    await until(() => calls(root) === 3);
    await intake.keep({ spans: spans(3, 5), logs: [] });
    await until(() => calls(root) === 8);
    stop.abort();
    await running;
  });

  it('rejects where it cannot store', async () => {
    const { intake } = source();
    await intake.keep({ spans: spans(0, 3), logs: [] });
    const store = new MetricStore(metricStorePath(root));
    store.close();
    const other = new DatabaseSync(metricStorePath(root));
    other.exec('PRAGMA user_version = 9');
    other.close();
    const running = metrics().run({ traces, intake }, new AbortController().signal);
    await assert.rejects(running, StoreError);
  });

  it('measures every span once, however often the process is killed', async () => {
    traces.append(spans(0, 3_000), []);
    const random = seededRandom(17);
    for (let left = 6; left > 0; left -= 1) await measure(root, 1 + Math.floor(random() * 4));
    await measure(root, Number.POSITIVE_INFINITY);

    const whole = temporaryFolder();
    const copy = new TraceStore(traceStorePath(whole));
    copy.append(spans(0, 3_000), []);
    copy.close();
    await measure(whole, Number.POSITIVE_INFINITY);
    assert.deepEqual(bucketsOf(root), bucketsOf(whole));
    assert.equal(calls(root), 3_000);
  }).timeout(60_000);

  it('is a part of the services process, and goes on after that was killed', async () => {
    await using served = new ServedWorkspace();
    const { root: folder } = served;
    const first = await receiving(folder);
    assert.equal(
      await sendTraces(first.endpoint, exportOf('5b8efff798038103d269b633813fc60c', ['a', 'b'])),
      200,
    );
    await served.kill();
    first.link.close();
    const second = await receiving(folder);
    await until(() => calls(folder) === 2);
    assert.equal(await sendTraces(second.endpoint, exportOf('6b8efff798038103d269b633813fc60c', ['c'])), 200);
    await until(() => calls(folder) === 3);
    assert.deepEqual((await second.link.call('services/status', {})).liveProblems, []);
    second.link.close();
  }).timeout(60_000);
});

function spans(first: number, count: number) {
  return Array.from({ length: count }, (_, index) => {
    const at = first + index;
    // Each fourth span is above the other three, and repeats their tokens.
    const isParent = at % 4 === 2;
    return spanRecord({
      ...{ traceId: `trace ${Math.floor(at / 4)}`, spanId: `${at % 4}`, parentSpanId: isParent ? null : '2' },
      startMs: NOW + at * 100 - 50,
      endMs: NOW + at * 100,
      attributes: {
        'gen_ai.operation.name': isParent ? 'invoke_agent' : 'chat',
        'gen_ai.response.model': 'gpt-5-mini',
        'gen_ai.usage.input_tokens': at % 97,
        'gen_ai.usage.output_tokens': at % 13,
      },
    });
  });
}

/** Until all is measured, or the process is killed after so many batches. */
async function measure(root: string, batches: number): Promise<void> {
  const script = path.join(import.meta.dirname, '..', 'support', 'metricWriter.ts');
  const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let left = batches;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line !== 'batch') continue;
    left -= 1;
    if (left <= 0) child.kill('SIGKILL');
  }
  const [code, signal] = await exited;
  assert.ok(code === 0 || signal === 'SIGKILL', `${code} ${signal}`);
}

function bucketsOf(root: string): unknown[] {
  const database = new DatabaseSync(metricStorePath(root), { readOnly: true });
  const rows = database
    .prepare(
      `SELECT level, measure, start_s, key, count, sum, hex(sketch) AS sketch
       FROM buckets JOIN series ON series.id = series ORDER BY 1, 2, 3, 4`,
    )
    .all();
  database.close();
  return rows;
}

function calls(root: string): number {
  const store = new MetricStore(metricStorePath(root), { access: 'read' });
  try {
    const query = {
      measure: 'calls',
      fromMs: 0,
      toMs: Date.now() + 86_400_000,
      where: {},
      by: null,
    } as const;
    return store.total({ ...query, level: '1d', mostPoints: 1 })[0]?.points[0]?.count ?? 0;
  } finally {
    store.close();
  }
}

async function receiving(root: string) {
  const link = await ServicesLink.attach(
    root,
    { client: 'terminal', clock: systemClock },
    new AbortController().signal,
  );
  const wanted = { on: true, port: 0, keep: true, requireToken: null } as const;
  const { receiver } = await link.call('services/receive', wanted);
  assert.ok(receiver.state === 'receiving');
  return { link, endpoint: receiver.endpoint };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(20);
}
