import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { packSpans } from '../../../src/engine/store/tables/spanCodec.ts';
import { TraceReader } from '../../../src/engine/traces/traceReader.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { type TraceChanges, TraceWatch } from '../../../src/engine/traces/traceWatch.ts';
import { plan } from '../../support/runFixtures.ts';
import { spanRecord } from '../../support/spanRecord.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const OWNER = { pid: 1, host: 'here', started: null, alive: () => false };
const RUN_TRACE = 'f'.repeat(32);

interface Step {
  kind: 'write' | 'delete' | 'look' | 'receive';
  run: number;
  cases: number;
  ms: number;
}

/** The trace of a case: its root, and the call of its agent. */
function caseSpans(runId: string, caseId: string, over: Partial<SpanRecord> = {}): SpanRecord[] {
  const traceId = `${runId}${caseId}`;
  const attributes = {
    ...{ 'touchstone.run.id': runId, 'touchstone.case.id': caseId, 'touchstone.target.name': 'agent' },
    'session.id': `${runId}/${caseId}`,
  };
  return [
    spanRecord({ traceId, spanId: 'root', parentSpanId: null, name: `case ${caseId}`, attributes, ...over }),
    spanRecord({
      ...{ traceId, spanId: 'call', parentSpanId: 'root', name: 'chat gpt-5-mini' },
      attributes: {
        ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5-mini' },
        'gen_ai.usage.input_tokens': 10,
      },
    }),
  ];
}

describe('traces of runs in the list', () => {
  let folder: string;
  let runs: RunStore;
  let received: TraceStore | undefined;
  let reader: TraceReader;

  beforeEach(() => {
    folder = temporaryFolder();
    runs = new RunStore(storePath(folder));
    reader = new TraceReader({ traces: traceStorePath(folder), runs: storePath(folder) }, () => 0.5);
  });
  afterEach(() => {
    reader.close();
    runs.close();
    received?.close();
    received = undefined;
  });

  function run(id: string): void {
    runs.createRun({ id, plan: plan(), createdAt: 1, traceId: RUN_TRACE });
  }

  function write(runId: string, spans: SpanRecord[]): void {
    const packed = [...Map.groupBy(spans, ({ traceId }) => traceId)].map(([id, group]) =>
      packSpans(id, group),
    );
    runs.append(runId, { results: [], cases: [], spans: packed, logs: [] }, { now: 1, elapsedMs: 1 });
  }

  function receive(...spans: SpanRecord[]): void {
    received ??= new TraceStore(traceStorePath(folder));
    received.append(spans, []);
    while (received.sumUp().length > 0);
  }

  const ids = (query: Parameters<TraceStore['traces']>[0] = { limit: 50 }) =>
    reader.lists.traces(query).traces.map(({ traceId }) => traceId);

  it('stand beside received ones, with the case that they are of', () => {
    run('r');
    write('r', caseSpans('r', 'a', { startMs: 2000, endMs: 4000 }));
    write('r', [spanRecord({ traceId: RUN_TRACE, spanId: 'run', parentSpanId: null, name: 'run suite' })]);
    receive(spanRecord({ traceId: 'x', spanId: '1', parentSpanId: null, startMs: 3000 }));
    assert.deepEqual(ids(), ['x', 'ra']);
    const [, trace] = reader.lists.traces({ limit: 9 }).traces;
    assert.deepEqual(trace?.origin, { runId: 'r', caseId: 'a', target: 'agent' });
    assert.deepEqual([trace?.title, trace?.spans, trace?.costUsd], ['case a', 2, 0.5]);
    assert.deepEqual(ids({ limit: 9, source: 'runs' }), ['ra']);
    assert.deepEqual(ids({ limit: 9, source: 'received' }), ['x']);
  });

  it('are filtered, searched, sorted and paged together with them', () => {
    run('r');
    for (const [index, id] of ['a', 'b', 'c'].entries())
      write('r', caseSpans('r', id, { startMs: 10 + 2 * index, status: id === 'b' ? 'error' : 'unset' }));
    for (const [index, traceId] of ['x', 'y', 'z'].entries())
      receive(spanRecord({ traceId, spanId: '1', parentSpanId: null, startMs: 11 + 2 * index, endMs: 9000 }));
    const paged: string[] = [];
    for (let after: { value: number; traceId: string } | null | undefined; after !== null; ) {
      const page = reader.lists.traces({ limit: 2, after });
      paged.push(...page.traces.map(({ traceId }) => traceId));
      after = page.next;
    }
    assert.deepEqual(paged, ['z', 'rc', 'y', 'rb', 'x', 'ra']);
    assert.deepEqual(ids({ limit: 9, errors: true }), ['rb']);
    assert.deepEqual(ids({ limit: 9, text: 'touchstone.case.id=c' }), ['rc']);
    assert.deepEqual(ids({ limit: 9, model: 'gpt-5-mini' }), ['rc', 'rb', 'ra']);
    assert.deepEqual(ids({ limit: 3, order: 'slowest' }), ['x', 'y', 'z']);
    assert.deepEqual(ids({ limit: 9, group: { by: 'session', key: 'r' } }), ['rc', 'rb', 'ra']);
    assert.deepEqual(ids({ limit: 9, session: 'r' }), ['rc', 'rb', 'ra']);
    assert.deepEqual(ids({ limit: 9, session: 'r/b' }), ['rb']);
    assert.deepEqual(ids({ limit: 9, session: 'r/d' }), []);
    assert.deepEqual(ids({ limit: 9, session: 'b' }), []);
    assert.deepEqual(reader.lists.values('model', 9), ['gpt-5-mini']);
  });

  it('are one trace with what was received of it, and in one group with what shares it', () => {
    run('r');
    write('r', caseSpans('r', 'a'));
    assert.equal(reader.lists.traces({ limit: 9 }).traces[0]?.spans, 2);
    receive(
      spanRecord({ traceId: 'ra', spanId: 'own', parentSpanId: 'call', startMs: 1100, endMs: 1200 }),
      spanRecord({
        ...{ traceId: 'x', spanId: '1', parentSpanId: null, startMs: 3000 },
        attributes: { 'session.id': 'r' },
      }),
    );
    reader.touch(['ra']);
    const { traces } = reader.lists.traces({ limit: 9 });
    assert.deepEqual(
      traces.map(({ traceId, spans }) => [traceId, spans]),
      [
        ['x', 1],
        ['ra', 3],
      ],
    );
    const { groups } = reader.lists.groups({ by: 'session', limit: 9 });
    assert.deepEqual(
      groups.map(({ key, traces: count, newestMs }) => [key, count, newestMs]),
      [['r', 2, 3000]],
    );
    assert.deepEqual(
      reader.lists.summaries(['ra']).map(({ spans }) => spans),
      [3],
    );
  });

  it('are told while somebody looks, and so is that some are gone', () => {
    run('r');
    write('r', caseSpans('r', 'a'));
    const told: TraceChanges[] = [];
    const watch = new TraceWatch(reader, (changes) => told.push(changes));
    watch.start();
    watch.look();
    assert.equal(told.pop()?.more, true);
    write('r', caseSpans('r', 'b'));
    // Whoever asks for a list meanwhile does not take the news from those who look on.
    assert.deepEqual(ids().sort(), ['ra', 'rb']);
    watch.look();
    assert.deepEqual(
      told.pop()?.traces.map(({ traceId }) => traceId),
      ['rb'],
    );
    receive(spanRecord({ traceId: 'ra', spanId: 'own', parentSpanId: 'call' }));
    watch.look();
    assert.deepEqual(
      told.pop()?.traces.map(({ traceId, spans }) => [traceId, spans]),
      [['ra', 3]],
    );
    runs.deleteRun('r', OWNER, 1);
    watch.look();
    assert.equal(told.pop()?.more, true);
    assert.deepEqual(ids({ limit: 9, source: 'runs' }), []);
    const count = told.length;
    watch.look();
    assert.equal(told.length, count);
    watch.stop();
  });

  it('cost what calls cost now', () => {
    run('r');
    write('r', caseSpans('r', 'a'));
    const cost = () => reader.lists.traces({ limit: 9 }).traces[0]?.costUsd;
    assert.equal(cost(), 0.5);
    reader.price = () => 2;
    assert.equal(cost(), 2);
  });

  it('are those that are stored, however runs are written, deleted and looked at', () => {
    const step: fc.Arbitrary<Step> = fc.record({
      kind: fc.constantFrom('write', 'write', 'delete', 'look', 'receive'),
      run: fc.nat(3),
      cases: fc.integer({ min: 1, max: 250 }),
      ms: fc.constantFrom(-1, 0, 5),
    });
    let last = 0;
    const next = () => String(++last);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), (steps) => {
        const current = new Map<number, string>();
        for (const each of steps) act(each, current);
        readAll();
        assert.deepEqual(ids({ limit: 5000, source: 'runs' }).sort(), stored());
        for (const id of current.values()) runs.deleteRun(id, OWNER, 1);
      }),
      { numRuns: 20 },
    );

    function act(each: Step, current: Map<number, string>): void {
      const id = current.get(each.run) ?? `run${next()}-`;
      switch (each.kind) {
        case 'write':
          if (!current.has(each.run)) run(id);
          current.set(each.run, id);
          write(id, Array.from({ length: each.cases }, () => caseSpans(id, next()).slice(0, 1)).flat());
          return;
        case 'delete':
          if (current.delete(each.run)) runs.deleteRun(id, OWNER, 1);
          return;
        case 'look':
          reader.readRuns(each.ms);
          return;
        case 'receive':
          receive(spanRecord({ traceId: `x${next()}`, spanId: '1', parentSpanId: null }));
      }
    }

    function readAll(): void {
      for (let left = 100; left > 0; left -= 1) {
        reader.readRuns(1000);
        if (!reader.runNews().more) return;
      }
    }

    function stored(): string[] {
      return runs.traces.idsContaining([], 10_000).sort();
    }
  }).timeout(60_000);
});
