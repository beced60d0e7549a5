import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { SpanRecord } from '../../../src/engine/model/span.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { TraceReader } from '../../../src/engine/traces/traceReader.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { type TraceChanges, TraceWatch } from '../../../src/engine/traces/traceWatch.ts';
import { otlpCaptures } from '../../support/otlpCaptures.ts';
import { spanRecord } from '../../support/spanRecord.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const span = (spanId: string, parentSpanId: string | null, over: Partial<SpanRecord> = {}) =>
  spanRecord({ traceId: 'a', spanId, parentSpanId, ...over });

describe('reader of traces', () => {
  let folder: string;
  let reader: TraceReader;
  let writer: TraceStore | undefined;

  beforeEach(() => {
    folder = temporaryFolder();
    reader = new TraceReader({ traces: traceStorePath(folder), runs: storePath(folder) });
  });
  afterEach(() => {
    reader.close();
    writer?.close();
    writer = undefined;
  });

  function write(...spans: SpanRecord[]): void {
    writer ??= new TraceStore(traceStorePath(folder));
    writer.append(spans, []);
    while (writer.sumUp().length > 0);
  }
  const shown = () =>
    reader.trace('a')?.rows.map(({ id, depth, place }) => `${'-'.repeat(depth)}${id} ${place}`) ?? [];

  it('reads as empty where nothing is stored, and then what others write meanwhile', () => {
    assert.deepEqual(reader.store.traces({ limit: 9 }).traces, []);
    assert.equal(reader.trace('a'), undefined);
    write(span('1', null));
    assert.equal(reader.store.traces({ limit: 9 }).traces.length, 1);
    assert.deepEqual(shown(), ['1 here']);
    write(span('2', '1'));
    assert.deepEqual(shown(), ['1 here', '-2 here']);
    // Another store in the place of the first.
    writer?.close();
    writer = undefined;
    for (const ending of ['', '-wal', '-shm']) rmSync(traceStorePath(folder) + ending, { force: true });
    assert.equal(reader.trace('a'), undefined);
    write(span('9', null));
    assert.deepEqual(shown(), ['9 here']);
  });

  it('shows spans whose parents are missing, and puts them in their place when these come late', () => {
    write(span('3', '2'), span('4', '2', { startMs: 1200, endMs: 2400 }), span('5', '9'));
    assert.deepEqual(shown(), ['2 missing', '-3 orphan', '-4 orphan', '5 orphan']);
    const [missing] = reader.trace('a')?.rows ?? [];
    assert.deepEqual([missing?.startMs, missing?.endMs, missing?.below], [1000, 2400, 2]);
    write(span('1', null, { startMs: 900 }), span('2', '1'));
    assert.deepEqual(shown(), ['1 here', '-2 here', '--3 here', '--4 here', '5 orphan']);
  });

  it('opens a circle of parents where it began, and loses no span', () => {
    write(
      span('1', '3'),
      span('2', '1', { startMs: 1100 }),
      span('3', '2', { startMs: 1200 }),
      span('4', '2'),
    );
    assert.deepEqual(shown(), ['1 cycle', '-2 here', '--4 here', '--3 here']);
  });

  it('gives each line what it is to show: tokens, cost, errors below, score', () => {
    reader.price = ({ tokens }) => (tokens?.input ?? 0) / 1000;
    write(
      span('1', null, {
        attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.usage.input_tokens': 5 },
      }),
      span('2', '1', {
        attributes: {
          ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm' },
          ...{ 'gen_ai.usage.input_tokens': 5, 'gen_ai.usage.output_tokens': 2 },
        },
        events: [
          {
            ...{ name: 'gen_ai.evaluation.result', timeMs: 1500 },
            attributes: { 'gen_ai.evaluation.name': 'relevance', 'gen_ai.evaluation.score.value': 0.25 },
          },
        ],
      }),
      span('3', '1', {
        ...{ name: 'execute_tool lookup', status: 'error', statusMessage: 'not  found', startMs: 1300 },
        attributes: { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.name': 'lookup' },
      }),
    );
    const [root, call, tool] = reader.trace('a')?.rows ?? [];
    assert.deepEqual([root?.role, root?.repeated, root?.errorsBelow, root?.below], ['agent', true, 1, 2]);
    assert.deepEqual(
      [call?.role, call?.title, call?.inputTokens, call?.outputTokens, call?.costUsd, call?.score],
      ['model', 'm', 5, 2, 0.005, 0.25],
    );
    assert.deepEqual(
      [tool?.role, tool?.title, tool?.error, tool?.costUsd],
      ['tool', 'lookup', 'not found', null],
    );
    const detail = reader.span('a', '1');
    assert.ok(detail?.findings.some(({ kind }) => kind === 'counted-once'));
    assert.equal(reader.span('a', '2')?.evaluations[0]?.name, 'relevance');
    assert.equal(reader.span('a', 'nobody'), undefined);
  });

  it('reads every capture: each span on one line, none lost', () => {
    for (const { name, spans } of otlpCaptures()) {
      writer ??= new TraceStore(traceStorePath(folder));
      writer.append(spans, []);
      for (const id of new Set(spans.map(({ traceId }) => traceId))) {
        const rows = reader.trace(id)?.rows ?? [];
        const stored: string[] = writer.records(id).spans.map(({ spanId }) => spanId);
        const here = rows.filter(({ place }) => place !== 'missing').map(({ id: own }) => own);
        assert.deepEqual(here.sort(), [...new Set(stored)].sort(), name);
      }
    }
  });

  it('lists and opens a chain of 20,000 spans', () => {
    const idOf = (at: number) => at.toString(16).padStart(16, '0');
    const chain = Array.from({ length: 20_000 }, (_, at) => span(idOf(at + 1), at === 0 ? null : idOf(at)));
    write(...chain);
    const rows = reader.trace('a')?.rows ?? [];
    assert.deepEqual([rows.length, rows.at(-1)?.parent], [20_000, idOf(19_999)]);
    assert.equal(reader.store.summaries(['a'])[0]?.spans, 20_000);
    assert.ok(reader.span('a', idOf(20_000)));
  });

  it('tells what changed while somebody looks', () => {
    const told: TraceChanges[] = [];
    const watch = new TraceWatch(reader, (changes) => told.push(changes));
    watch.start();
    watch.look();
    assert.equal(told.length, 0);
    write(span('1', null));
    watch.look();
    assert.deepEqual(
      told.pop()?.traces.map(({ traceId }) => traceId),
      ['a'],
    );
    write(span('2', '1'), span('1', null, { traceId: 'b', startMs: 3000 }));
    watch.look();
    assert.deepEqual(
      told
        .at(-1)
        ?.traces.map(({ traceId, spans }) => [traceId, spans])
        .sort(),
      [
        ['a', 2],
        ['b', 1],
      ],
    );
    const count = told.length;
    watch.look();
    assert.equal(told.length, count);
    writer?.forgetSome(Date.now() + 15 * 24 * 3_600_000);
    watch.look();
    assert.deepEqual(told.at(-1), { traces: [], more: true });
    write(span('1', null, { traceId: 'c' }));
    watch.look();
    assert.deepEqual(
      told.at(-1)?.traces.map(({ traceId }) => traceId),
      ['c'],
    );
    watch.stop();
  });
});
