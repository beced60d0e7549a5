import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { SpanRecord } from '../../../../src/engine/model/span.ts';
import { traceTree } from '../../../../src/engine/telemetry/dialects/traceTree.ts';
import type { Measure } from '../../../../src/engine/telemetry/metrics/measures.ts';
import type { MetricBatch } from '../../../../src/engine/telemetry/metrics/metricBatch.ts';
import { MetricConsumer } from '../../../../src/engine/telemetry/metrics/metricConsumer.ts';
import type { MetricQuery } from '../../../../src/engine/telemetry/metrics/metricQuery.ts';
import { type Commit, MetricStore } from '../../../../src/engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../../../../src/engine/telemetry/metrics/metricStoreFormat.ts';
import { ManualClock } from '../../../support/manualClock.ts';
import { MemoryLog } from '../../../support/memoryLog.ts';
import { spanRecord } from '../../../support/spanRecord.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 30, 12);
const USD_PER_TOKEN = 0.000_002;

describe('metric consumer', () => {
  let stores: MetricStore[];
  let file: string;
  const clock = new ManualClock({ wall: NOON });

  beforeEach(() => {
    stores = [];
    file = metricStorePath(temporaryFolder());
  });
  afterEach(() => {
    for (const store of stores) store.close();
  });

  function open(): MetricStore {
    const store = new MetricStore(file, { clock });
    stores.push(store);
    return store;
  }

  function consumer(log: MemoryLog, store: MetricStore, mostRemembered = 1_000): MetricConsumer {
    return new MetricConsumer({
      ...{ log, store, clock, mostRemembered },
      price: ({ tokens }) =>
        tokens?.input === null || tokens?.input === undefined ? null : tokens.input * USD_PER_TOKEN,
    });
  }

  async function consume(log: MemoryLog, store = open()): Promise<MetricStore> {
    const consuming = consumer(log, store);
    while (await consuming.next());
    return store;
  }

  function total(store: MetricStore, measure: Measure, over: Partial<MetricQuery> = {}) {
    const query = { measure, fromMs: NOON - HOUR, toMs: NOON + HOUR, where: {}, by: null } as const;
    return store.total({ ...query, level: 'auto', mostPoints: 100, ...over });
  }

  const sumOf = (store: MetricStore, measure: Measure, over: Partial<MetricQuery> = {}) =>
    total(store, measure, over)[0]?.points[0]?.sum ?? null;

  it('measures calls by what they are and who made them', async () => {
    const log = new MemoryLog();
    log.push(call('1', { operation: 'invoke_agent' }), NOON);
    log.push(call('2', { parent: '1', input: 100, output: 20, firstChunk: 0.25 }), NOON);
    log.push({ ...call('3', { parent: '1', operation: 'execute_tool' }), status: 'error' }, NOON);
    const store = await consume(log);

    const by = (measure: Measure) =>
      total(store, measure, { by: 'operation' }).map(({ label, points }) => [label, points[0]?.sum]);
    assert.deepEqual(by('calls'), [
      ['agent', 1],
      ['model', 1],
      ['tool', 1],
    ]);
    assert.deepEqual(by('errors'), [
      ['agent', 0],
      ['model', 0],
      ['tool', 1],
    ]);
    assert.deepEqual(by('inputTokens'), [['model', 100]]);
    assert.deepEqual(by('outputTokens'), [['model', 20]]);
    assert.deepEqual(by('firstTokenMs'), [['model', 250]]);
    assert.equal(sumOf(store, 'durationMs', { where: { operation: 'model' } }), 1_500);
    assert.equal(sumOf(store, 'costUsd'), 0.000_2);
    assert.deepEqual(store.values('release'), ['1.4.0']);
    assert.deepEqual(store.values('service'), ['shop']);
    assert.deepEqual(store.values('model'), ['gpt-5-mini']);
  });

  describe('counts tokens that a parent repeats once', () => {
    const parent = call('1', { operation: 'invoke_agent', input: 300 });
    const children = [call('2', { parent: '1', input: 100 }), call('3', { parent: '1', input: 200 })];
    const orders: { [name: string]: readonly SpanRecord[] } = {
      'before its children': [parent, ...children],
      'after its children': [...children, parent],
      'between its children': [children[0] ?? parent, parent, children[1] ?? parent],
    };

    for (const [name, order] of Object.entries(orders)) {
      it(`in one batch, ${name}`, async () => {
        const log = new MemoryLog();
        for (const span of order) log.push(span, NOON);
        const store = await consume(log);
        assert.deepEqual([sumOf(store, 'inputTokens'), sumOf(store, 'calls')], [300, 3]);
      });

      it(`in batches of their own, ${name}`, async () => {
        const log = new MemoryLog();
        const store = open();
        const consuming = consumer(log, store);
        for (const span of order) {
          log.push(span, NOON);
          await consuming.next();
        }
        assert.deepEqual([sumOf(store, 'inputTokens'), sumOf(store, 'calls')], [300, 3]);
      });

      it(`with a restart between them, ${name}`, async () => {
        const log = new MemoryLog();
        for (const span of order) {
          log.push(span, NOON);
          const store = open();
          await consume(log, store);
          store.close();
        }
        assert.deepEqual([sumOf(open(), 'inputTokens'), sumOf(open(), 'calls')], [300, 3]);
      });
    }

    it('also where the span between them comes last', async () => {
      const log = new MemoryLog();
      const store = open();
      log.push(parent, NOON);
      log.push(call('3', { parent: '2', input: 300 }), NOON);
      await consume(log, store);
      assert.equal(sumOf(store, 'inputTokens'), 600);
      log.push(call('2', { parent: '1', operation: 'agent_step' }), NOON);
      await consume(log, store);
      assert.equal(sumOf(store, 'inputTokens'), 300);
    });
  });

  it('refuses times that cannot be right, and counts them', async () => {
    const log = new MemoryLog();
    log.push(call('1', { endMs: NOON + 6 * 60_000 }), NOON);
    log.push(call('2', { endMs: NOON + 4 * 60_000 }), NOON);
    log.push(call('3', { endMs: 1_000 }), NOON);
    log.push(call('4', { endMs: Number.NaN }), NOON);
    log.push(call('5', { startMs: NOON + 60_000 }), NOON);
    const store = await consume(log);
    assert.equal(sumOf(store, 'calls'), 2);
    assert.deepEqual(store.refused({ fromMs: NOON, toMs: NOON + 1 }), [
      { reason: 'durationMs: negative', count: 1 },
      { reason: 'time: ahead of the arrival', count: 1 },
      { reason: 'time: before the year 2000', count: 1 },
      { reason: 'time: not a number', count: 1 },
    ]);
  });

  it('puts what comes late where it belongs, and not into levels that have forgotten its time', async () => {
    const log = new MemoryLog();
    log.push(call('1', { endMs: NOON - 2 * HOUR }), NOON);
    log.push(call('2', { endMs: NOON - 48 * HOUR }), NOON);
    const store = await consume(log);
    const starts = (level: MetricQuery['level']) =>
      store
        .series({ measure: 'calls', fromMs: 0, toMs: NOON, where: {}, by: null, level, mostPoints: 1e6 })
        .series.flatMap(({ points }) => points.map(({ startMs }) => (NOON - startMs) / HOUR));
    assert.deepEqual(starts('1h'), [48, 2]);
    assert.equal(sumOf(store, 'calls', { level: '1min', fromMs: NOON - 49 * HOUR }), 2);
    assert.equal(sumOf(store, 'calls', { level: '1s', fromMs: NOON - 49 * HOUR }), 1);
  });

  it('begins again where another log has taken the place of the former one', async () => {
    const store = open();
    const first = new MemoryLog();
    for (const id of ['1', '2', '3']) first.push(call(id), NOON);
    await consume(first, store);
    await consume(first, store);
    assert.equal(sumOf(store, 'calls'), 3);

    const shorter = new MemoryLog();
    shorter.push(call('a'), NOON);
    await consume(shorter, store);
    assert.equal(sumOf(store, 'calls'), 4);

    const longer = new MemoryLog();
    for (const id of ['b', 'c', 'd', 'e']) longer.push(call(id), NOON);
    await consume(longer, store);
    assert.equal(sumOf(store, 'calls'), 8);
  });

  it('goes on behind spans that were forgotten', async () => {
    const store = open();
    const log = new MemoryLog();
    for (const id of ['1', '2', '3']) log.push(call(id), NOON);
    await consume(log, store);
    log.spans.splice(0);
    log.push(call('4'), NOON);
    await consume(log, store);
    assert.equal(sumOf(store, 'calls'), 4);
  });

  it('shares its log with another consumer of the same file without counting twice', async () => {
    const log = new MemoryLog();
    for (let id = 0; id < 100; id += 1) log.push(call(String(id)), NOON);
    const consumers = [consumer(log, open()), consumer(log, open())];
    for (let more = true; more; ) {
      const went = await Promise.all(consumers.map((one) => one.next()));
      more = went.includes(true);
    }
    assert.equal(sumOf(open(), 'calls'), 100);
  });

  it('takes labels of hostile text as text', async () => {
    const log = new MemoryLog();
    const names = ['"}\n# EOF', '\ud800 lone', 'x'.repeat(10_000), "'; DROP TABLE series; --"];
    for (const [at, service] of names.entries()) log.push({ ...call(String(at)), service }, NOON);
    const store = await consume(log);
    assert.deepEqual(store.values('service'), [
      '"}\n# EOF',
      "'; DROP TABLE series; --",
      'x'.repeat(200),
      '\ufffd lone',
    ]);
    assert.equal(sumOf(store, 'calls', { where: { service: names[3] ?? '' } }), 1);
  });

  describe('whatever the order, the batches and the crashes', () => {
    /** Spans of a few traces that refer to each other in any way, also in circles and to what never comes. */
    const spans = fc
      .array(
        fc.record({
          trace: fc.nat(2),
          parent: fc.option(fc.nat(12)),
          input: fc.option(fc.oneof(fc.nat(50), fc.nat(1_000_000))),
          operation: fc.constantFrom('chat', 'invoke_agent', 'execute_tool', 'agent_step'),
          secondsAgo: fc.nat(200_000),
          durationMs: fc.nat(90_000),
          service: fc.constantFrom('shop', 'desk'),
        }),
        { minLength: 1, maxLength: 12 },
      )
      .map((given) =>
        given.map(({ trace, parent, input, operation, secondsAgo, durationMs, service }, at) => ({
          ...call(`s${at}`, { parent: parent === null ? null : `s${parent}`, input, operation }),
          traceId: `trace ${trace}`,
          service,
          startMs: NOON - secondsAgo * 1_000 - durationMs,
          endMs: NOON - secondsAgo * 1_000,
        })),
      );

    it('every level is the same, and has the tokens of the trees', () =>
      fc.assert(
        fc.asyncProperty(
          spans,
          fc.infiniteStream(fc.nat()),
          fc.infiniteStream(fc.constantFrom('go on', 'restart', 'crash')),
          async (given, numbers, events) => {
            const keyed = given.map((span) => ({ span, key: numbers.next().value }));
            const log = new MemoryLog();
            for (const { span } of keyed.sort((a, b) => a.key - b.key)) log.push(span, NOON);

            const once = await dumpOf(async (store) => {
              const all = consumer(log, store);
              while (await all.next());
            });
            const parts = await dumpOf(async (store) => {
              const growing = new MemoryLog();
              let consuming = consumer(growing, store, 3);
              for (const { span } of keyed) {
                growing.push(span, NOON);
                if (numbers.next().value % 2 === 0) continue;
                const event = events.next().value;
                if (event === 'crash')
                  await assert.rejects(consumer(growing, failing(store, numbers.next().value)).next(), Crash);
                if (event !== 'go on') consuming = consumer(growing, store, 3);
                while (await consuming.next());
              }
              while (await consuming.next());
            });
            const sorted = await dumpOf(async (store) => {
              const inOrder = new MemoryLog();
              for (const span of given) inOrder.push(span, NOON);
              const all = consumer(inOrder, store);
              while (await all.next());
            });

            assert.deepEqual(parts, once);
            assert.deepEqual(sorted, once);
            assert.deepEqual(tokensIn(once), treeTokens(given));
          },
        ),
        { numRuns: 25 },
      )).timeout(60_000);

    async function dumpOf(work: (store: MetricStore) => Promise<void>): Promise<Row[]> {
      const path = metricStorePath(temporaryFolder());
      const store = new MetricStore(path, { clock });
      try {
        await work(store);
        return rowsOf(path);
      } finally {
        store.close();
      }
    }
  });
});

class Crash extends Error {}

/** A store that ends in the middle of a transaction. */
function failing(store: MetricStore, when: number): MetricStore {
  const commit = (batch: MetricBatch, how: Commit, nowMs: number): void => {
    const buckets = batch.buckets();
    const at = when % (buckets.length + 1);
    batch.buckets = () => {
      buckets.splice(at, 1, {
        ...(buckets[at] ?? buckets[0] ?? assert.fail()),
        get labels(): never {
          throw new Crash();
        },
      });
      return buckets;
    };
    store.commit(batch, how, nowMs);
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'commit') return commit;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

interface Row {
  level: number;
  measure: number;
  start: number;
  series: string;
  count: number;
  sum: number;
  sketch: string;
}

function rowsOf(path: string): Row[] {
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database
    .prepare(
      `SELECT level, measure, start_s AS start, key AS series, count, sum, hex(sketch) AS sketch
       FROM buckets JOIN series ON series.id = series ORDER BY 1, 2, 3, 4`,
    )
    .all() as unknown as Row[];
  database.close();
  return rows.map((row) => ({ ...row }));
}

/** Count and sum of the days. */
function tokensIn(rows: readonly Row[]): [number, number] {
  const tokens = rows.filter(({ level, measure }) => level === 3 && measure === 4);
  return [tokens.reduce((sum, { count }) => sum + count, 0), tokens.reduce((all, { sum }) => all + sum, 0)];
}

function treeTokens(spans: readonly SpanRecord[]): [number, number] {
  const trees = [...Map.groupBy(spans, ({ traceId }) => traceId).values()].map((trace) => traceTree(trace));
  const counted = trees.reduce((sum, tree) => sum + tree.counted.size, 0);
  return [counted, trees.reduce((sum, { tokens }) => sum + (tokens.input ?? 0), 0)];
}

interface Call {
  parent?: string | null;
  operation?: string;
  input?: number | null;
  output?: number;
  firstChunk?: number;
  startMs?: number;
  endMs?: number;
}

function call(spanId: string, given: Call = {}): SpanRecord {
  const { parent = null, operation = 'chat', input, output, firstChunk } = given;
  const { endMs = NOON - 60_000, startMs = endMs - 1_500 } = given;
  const attributes: JsonObject = {
    'gen_ai.operation.name': operation,
    ...(operation === 'chat' ? { 'gen_ai.response.model': 'gpt-5-mini' } : {}),
    ...(typeof input === 'number' ? { 'gen_ai.usage.input_tokens': input } : {}),
    ...(typeof output === 'number' ? { 'gen_ai.usage.output_tokens': output } : {}),
    ...(typeof firstChunk === 'number' ? { 'gen_ai.response.time_to_first_chunk': firstChunk } : {}),
  };
  return spanRecord({
    ...{ traceId: 't', spanId, parentSpanId: parent, startMs, endMs, attributes, service: 'shop' },
    resource: { 'service.version': '1.4.0' },
  });
}
