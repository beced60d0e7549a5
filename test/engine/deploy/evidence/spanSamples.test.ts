import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { monitorOf } from '../../../../src/engine/deploy/evidence/monitorOf.ts';
import { SpanSamples } from '../../../../src/engine/deploy/evidence/spanSamples.ts';
import { TraceStore } from '../../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../../src/engine/traces/traceStoreFormat.ts';
import { EvidenceFolder, exchangeSpans, NOW, PAIR, traceId } from '../../../support/deploy/evidenceFolder.ts';
import { spanRecord } from '../../../support/spanRecord.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

describe('evidence from spans', () => {
  it('takes each exchange of the route with one of both versions once, by the arm it went to', async () => {
    const folder = await EvidenceFolder.open();
    folder.traces.append(
      [
        ...exchangeSpans('older', { traceId: traceId(1), attributes: { 'session.id': 'anna' } }),
        ...exchangeSpans('newer', { traceId: traceId(2), attempts: 3 }),
        ...exchangeSpans('other', { traceId: traceId(3) }),
        ...exchangeSpans('newer', {
          traceId: traceId(4),
          attributes: { 'touchstone.gateway.route': 'elsewhere' },
        }),
      ],
      [],
    );
    const first = await folder.read(NOW);
    const again = await folder.read(NOW);

    assert.deepEqual(first.problems, []);
    assert.deepEqual(
      first.samples.map(({ side, source, cluster, latencyMs, isError, servedModel }) => [
        side,
        source,
        cluster,
        latencyMs,
        isError,
        servedModel,
      ]),
      [
        ['blue', 'gateway', 'anna', 500, false, 'model of older'],
        ['green', 'gateway', null, 500, false, 'model of newer'],
      ],
    );
    assert.deepEqual(again.samples, first.samples);
    await folder.close();
  });

  const ENDINGS: [string, { [name: string]: string | number }, boolean | null][] = [
    ['an answer', {}, false],
    ['a status of the server', { 'http.response.status_code': 503 }, true],
    ['an upstream that did not answer', { 'touchstone.gateway.ending': 'failed' }, true],
    ['an answer that broke off', { 'touchstone.gateway.ending': 'cut' }, true],
    ['another one that answered in its place', { 'touchstone.source': 'fallback' }, true],
    ['a client that went', { 'touchstone.gateway.ending': 'left' }, null],
    ['an answer from a cache', { 'touchstone.source': 'cache' }, null],
  ];
  for (const [name, attributes, isError] of ENDINGS)
    it(`${name}: ${isError === null ? 'says nothing of a version' : isError ? 'an error' : 'none'}`, async () => {
      const folder = await EvidenceFolder.open();
      folder.traces.append(exchangeSpans('newer', { traceId: traceId(1), attributes }), []);
      const { samples } = await folder.read(NOW);
      assert.deepEqual(
        samples.map((sample) => sample.isError),
        isError === null ? [] : [isError],
      );
      await folder.close();
    });

  it('takes what began within the step alone, and blue from before it where it had nothing within', async () => {
    const folder = await EvidenceFolder.open();
    folder.traces.append(
      [
        ...exchangeSpans('older', { traceId: traceId(1), atMs: NOW - 1_000 }),
        ...exchangeSpans('newer', { traceId: traceId(2), atMs: NOW - 1_000 }),
        ...exchangeSpans('newer', { traceId: traceId(3), atMs: NOW + 1_000 }),
        ...exchangeSpans('newer', { traceId: traceId(4), atMs: NOW + 700_000 }),
      ],
      [],
    );
    const moments = async () => (await folder.read(NOW)).samples.map(({ side, atMs }) => [side, atMs - NOW]);
    assert.deepEqual(await moments(), [
      ['green', 1_000],
      ['blue', -1_000],
    ]);

    folder.traces.append(exchangeSpans('older', { traceId: traceId(5), atMs: NOW + 2_000 }), []);
    assert.deepEqual(await moments(), [
      ['green', 1_000],
      ['blue', 2_000],
    ]);
    await folder.close();
  });

  it('has the evaluations that the monitor of the deployment makes, after a restart as well', async () => {
    const folder = await EvidenceFolder.open();
    assert.deepEqual(
      monitorOf(folder.workspace, folder.config)?.evaluators.map(({ type }) => type),
      ['contains'],
    );
    folder.traces.append(
      [
        ...exchangeSpans('newer', { traceId: traceId(1) }),
        ...exchangeSpans('newer', { traceId: traceId(2), text: 'rude' }),
        ...exchangeSpans('newer', {
          traceId: traceId(3),
          attributes: { 'touchstone.gateway.ending': 'failed' },
        }),
      ],
      [],
    );
    const qualities = async () => (await folder.read(NOW)).samples.map(({ quality }) => quality);
    assert.deepEqual(await qualities(), [undefined, undefined, null]);

    await folder.evaluate();
    const judged = [{ passed: true, score: 1 }, { passed: false, score: 0 }, null];
    assert.deepEqual(await qualities(), judged);
    await folder.restart();
    assert.deepEqual(await qualities(), judged);
    await folder.close();
  });

  it('finds the first span of a step among many, and reads on behind the last', async () => {
    const folder = await EvidenceFolder.open();
    const many = (from: number, count: number, atMs: number) =>
      folder.traces.appendEach(
        Array.from({ length: count }, (_, at) => ({
          spans: exchangeSpans('newer', { traceId: traceId(from + at), atMs }),
          logs: [],
        })),
      );
    many(0, 1_500, NOW);
    assert.equal((await folder.read(NOW)).samples.length, 1_500);
    many(2_000, 10, NOW + 5_000);
    assert.equal((await folder.read(NOW)).samples.length, 1_510);
    await folder.close();
  });

  it('sees a store that is created, or replaced, while it looks', async () => {
    const root = temporaryFolder();
    const spans = new SpanSamples({
      root,
      router: { kind: 'local', route: 'support' },
      price: () => null,
      monitor: undefined,
    });
    const read = () => spans.read(PAIR, { sinceMs: NOW, untilMs: NOW + 1_000 }, NOW).length;
    assert.equal(read(), 0);

    for (const count of [1, 2]) {
      const store = new TraceStore(traceStorePath(root), { clock: { now: () => NOW } });
      for (let at = 0; at < count; at += 1)
        store.append(exchangeSpans('newer', { traceId: traceId(10 * count + at) }), []);
      assert.equal(read(), count);
      spans.close();
      store.close();
      rmSync(path.dirname(traceStorePath(root)), { recursive: true });
    }
  });

  it('takes a trace of a version once, by its outermost span, in a cluster', async () => {
    const kubernetes = {
      kind: 'kubernetes',
      namespace: 'n',
      deployment: 'd',
      service: 's',
      httpRoute: 'r',
    } as const;
    const folder = await EvidenceFolder.open({}, { config: { router: kubernetes } });
    const span = (n: number, spanId: string, parentSpanId: string | null, version: string, more = {}) =>
      spanRecord({
        traceId: traceId(n),
        spanId,
        parentSpanId,
        startMs: NOW,
        endMs: NOW + 300,
        resource: { 'service.version': version },
        ...more,
      });
    folder.traces.append(
      [
        span(1, 'a1', 'a2', 'newer', { startMs: NOW + 10, endMs: NOW + 90, status: 'error' }),
        span(1, 'a2', 'client', 'newer', { status: 'error' }),
        span(2, 'b1', null, 'd1'),
        span(3, 'c1', null, 'unknown'),
        span(4, 'd1', null, 'newer', { attributes: { 'touchstone.run.id': 'run' } }),
      ],
      [],
    );
    const { samples } = await folder.read(NOW);
    assert.deepEqual(
      samples.map(({ side, source, latencyMs, isError }) => [side, source, latencyMs, isError]),
      [
        ['green', 'traces', 300, true],
        ['blue', 'traces', 300, false],
      ],
    );
    await folder.close();
  });
});
