import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import { touchstone } from '../support/commandLine.ts';
import { otlpCaptures } from '../support/otlpCaptures.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { TestWindow } from './window.ts';

const LIST = { filter: {}, order: 'newest', limit: 50, after: null };

describe('calls about traces', () => {
  it('answer with nothing where no trace is stored, also where the workspace is not trusted', async () => {
    await using window = await TestWindow.open(temporaryFolder(), { trusted: false });
    assert.deepEqual(await window.call('traces/list', LIST), { traces: [], next: null });
    const { head } = await window.call('traces/rows', { traceId: 'a', offset: 0, limit: 10 });
    assert.equal(head, null);
    assert.deepEqual(await window.call('traces/span', { traceId: 'a', spanId: 'b' }), { detail: null });
    assert.deepEqual((await window.call('traces/values', {})).services, []);
  });

  it('show every trace, its lines and each of its spans, as all of them were sent', async () => {
    const folder = temporaryFolder();
    const store = new TraceStore(traceStorePath(folder));
    for (const { spans, logs } of otlpCaptures()) store.append(spans, logs);
    while (store.sumUp().length > 0);
    await using window = await TestWindow.open(folder);

    const { traces } = await window.call('traces/list', LIST);
    assert.ok(traces.length > 15);
    for (const { traceId, spans } of traces) {
      const { head, rows } = await window.call('traces/rows', { traceId, offset: 0, limit: 500 });
      assert.equal(head?.spans, spans);
      assert.equal(rows.length, head?.rows);
      const top = await window.call('traces/children', { traceId, spanId: null, offset: 0, limit: 50 });
      assert.deepEqual(
        top.rows.map(({ id }) => id),
        rows.filter(({ depth }) => depth === 0).map(({ id }) => id),
      );
      for (const { id, place } of rows) {
        const { detail } = await window.call('traces/span', { traceId, spanId: id });
        assert.equal(detail?.row.id, id);
        assert.equal(detail?.span === null, place === 'missing');
      }
    }

    const [first] = traces;
    const found = await window.call('traces/find', { prefix: first?.traceId.slice(0, 8) ?? '', limit: 5 });
    assert.ok(found.traces.some(({ traceId }) => traceId === first?.traceId));
    const { groups } = await window.call('traces/groups', {
      filter: {},
      by: 'session',
      limit: 99,
      after: null,
    });
    assert.ok(groups.some(({ key, trace }) => key !== null && trace === null));
    assert.ok(groups.every(({ key, trace }) => key !== null || trace !== null));
    store.close();
  });

  it('show the traces of runs, and a case beside itself in another run over all trials', async () => {
    const folder = temporaryFolder({
      'touchstone.yaml':
        'suites:\n  say:\n    dataset: say.golden.yaml\n    targets: [{ name: parrot, echo: true }]\n    repeat: 3\n    evaluators: [contains: hello]\n',
      'say.golden.yaml':
        'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: greeting, input: hello }\n',
    });
    for (const _ of [1, 2]) await touchstone(folder, 'eval');
    await using window = await TestWindow.open(folder);
    const { traces } = await window.call('traces/list', { ...LIST, filter: { source: 'runs' } });
    assert.deepEqual(
      traces.map(({ title, origin }) => [title, origin?.caseId, origin?.target]),
      Array(2).fill(['case greeting', 'greeting', 'parrot']),
    );

    const { traces: ofCase } = await window.call('traces/ofCase', { caseId: 'greeting', limit: 9 });
    assert.deepEqual(
      ofCase.map(({ traceId, trials, passed }) => [traceId, trials, passed]),
      traces.map(({ traceId }) => [traceId, 3, 3]),
    );
    const [after, before] = traces.map(({ traceId }) => traceId);
    assert.ok(before !== undefined && after !== undefined);
    const { comparison } = await window.call('traces/compare', { before, after });
    assert.deepEqual(comparison?.trials?.trials, { left: 3, right: 3 });
    assert.deepEqual(comparison?.trials?.steps[0]?.right, { trials: 3, of: 3 });
  });

  it('tell of traces that come while somebody looks, and of none afterwards', async () => {
    const folder = temporaryFolder();
    const store = new TraceStore(traceStorePath(folder));
    const [capture] = otlpCaptures();
    await using window = await TestWindow.open(folder);
    await window.call('traces/watch', { on: true });
    await window.call('traces/list', LIST);
    store.append(capture?.spans ?? [], []);
    store.sumUp();
    const changes = await window.heard('traces/changed');
    assert.ok(changes.more || changes.traces.length > 0);
    await window.call('traces/watch', { on: false });
    store.close();
  });
});
