import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { SpanRecord } from '../../src/engine/model/span.ts';
import { TraceStore } from '../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../src/engine/traces/traceStoreFormat.ts';
import type { TraceComparison } from '../../src/protocol/traceCalls.ts';
import { sideText } from '../../src/ui/traces/compareTraces.ts';
import { locateTrace } from '../../src/ui/traces/locateTrace.ts';
import { filledIn } from '../../src/ui/traces/openElsewhere.ts';
import { traceIdsIn } from '../../src/ui/traces/traceLinks.ts';
import type { TraceNode, TracesView } from '../../src/ui/traces/tracesView.ts';
import { spanRecord } from '../support/spanRecord.ts';
import { eventually } from '../support/vscode/eventually.ts';
import { activated } from './support/activated.ts';

const ID = '0af7651916cd43dd8448eb211c80319c';
/** Other suites leave runs behind. */
const RECEIVED = { source: 'received' } as const;

const span = (spanId: string, parentSpanId: string | null, over: Partial<SpanRecord> = {}) =>
  spanRecord({ traceId: ID, spanId, parentSpanId, ...over });

describe('the Traces view', () => {
  let view: TracesView;
  let store: TraceStore;
  let file: string;

  before(async () => {
    const { traces, engine } = await activated();
    ({ view } = traces);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    file = traceStorePath(folder);
    store = new TraceStore(file);
    write(
      span('2', '1', { status: 'error', statusMessage: 'no such order', attributes: { 'session.id': 's1' } }),
    );
    write(span('3', '1', { startMs: 1100 }));
    await engine.restart();
    traces.looks.change({ filter: RECEIVED });
  });
  after(async () => {
    const { engine, traces } = await activated();
    traces.looks.change({ filter: {} });
    await engine.restart();
    store.close();
    for (const ending of ['', '-wal', '-shm']) rmSync(`${file}${ending}`, { force: true });
    view.reload();
  });

  function write(...spans: SpanRecord[]): void {
    store.append(spans, []);
    while (store.sumUp().length > 0);
  }
  const itemsOf = async (node?: TraceNode) =>
    (await view.getChildren(node)).map((child) => ({ child, item: view.getTreeItem(child) }));
  const only = async (node?: TraceNode) => {
    const [first, ...others] = await itemsOf(node);
    assert.ok(first);
    assert.deepEqual(others, []);
    return first;
  };

  it('shows sessions, their traces and spans, with a place for a parent that has not come', async () => {
    const session = await only();
    assert.equal(session.item.label, 's1');
    assert.match(String(session.item.description), /^1 trace · 1 with errors/);
    const trace = await only(session.child);
    const missing = await only(trace.child);
    assert.equal(missing.item.label, 'Missing span');
    assert.match(missing.item.accessibilityInformation?.label ?? '', /^Missing span, not received/);
    const [failed, other] = await itemsOf(missing.child);
    assert.match(String(failed?.item.description), /no such order/);
    assert.equal(failed?.item.resourceUri?.scheme, 'touchstone-span');
    assert.match(failed?.item.accessibilityInformation?.label ?? '', /^Span span 2, error, 1.0 s/);
    assert.equal(other?.item.resourceUri, undefined);
    assert.equal(view.getParent(missing.child), trace.child);
  });

  it('keeps nodes and ids when a parent comes late: the same objects stand in their right place', async () => {
    const session = await only();
    const trace = await only(session.child);
    const missing = await only(trace.child);
    const before = await itemsOf(missing.child);
    write(span('1', null, { name: 'root' }));
    view.hear({ traces: [], more: true });
    await eventually(async () => {
      // The trace stands for its root, so that its spans are directly below it.
      const now = await itemsOf((await only((await only()).child)).child);
      assert.deepEqual(
        now.map(({ child, item }) => [child, item.id]),
        before.map(({ child, item }) => [child, item.id]),
      );
    });
    assert.equal((await only((await only()).child)).child, trace.child);
    assert.equal(view.getTreeItem(trace.child).label, 'root');
  });

  it('shows a pinned trace first, under an id of its own, and stays as it is while it is paused', async () => {
    const { traces } = await activated();
    traces.looks.pin([ID], true);
    const [pins, session] = await itemsOf();
    assert.equal(pins?.item.label, 'Pinned');
    const pinned = await only(pins?.child);
    const listed = await only(session?.child);
    assert.notEqual(pinned.item.id, listed.item.id);
    assert.equal(pinned.item.contextValue, 'trace.pinned');
    traces.looks.pin([ID], false);
  });

  it('says nothing of traces that a filter leaves out', async () => {
    const { traces } = await activated();
    traces.looks.change({ filter: { ...RECEIVED, text: 'nothing-like-this' } });
    assert.deepEqual(await view.getChildren(), []);
    traces.looks.change({ filter: { ...RECEIVED, errors: true }, group: 'none' });
    const trace = await only();
    assert.equal(trace.item.label, 'root');
    traces.looks.change({ filter: RECEIVED, group: 'session' });
  });

  it('finds a span in a page that is not read yet, with what is above it', async () => {
    const { traces, engine } = await activated();
    const children = Array.from({ length: 350 }, (_, index) =>
      span(`w${index}`, '3', { startMs: 1200 + index, endMs: 1300 + index }),
    );
    write(...children, span('deep', 'w333', { startMs: 1600, endMs: 1650 }));
    const tree = { view, looks: traces.looks, engine };
    await eventually(async () => {
      traces.view.reload();
      const found = await locateTrace({ traceId: ID, spanId: 'deep' }, tree);
      assert.ok(found?.kind === 'span');
      const above = [];
      for (let at: TraceNode | undefined = found; at; at = view.getParent(at))
        above.push(at.kind === 'span' ? at.spanId : at.kind);
      assert.deepEqual(above, ['deep', 'w333', '3', 'trace', 'group']);
    });
    assert.equal(await locateTrace({ traceId: 'f'.repeat(32) }, tree), undefined);
  });

  it('opens by a beginning of its id', async () => {
    await vscode.commands.executeCommand('touchstone.traces.open', { traceId: ID.slice(0, 8) });
    await eventually(() => {
      const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
      assert.ok(tabs.some(({ label, input }) => label === 'root' && input instanceof vscode.TabInputWebview));
    });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('links ids in logs, and no other hexadecimal numbers', async () => {
    const found = (line: string) => traceIdsIn(line).map(({ id, index }) => [id, index]);
    assert.deepEqual(found(`trace_id=${ID} done`), [[ID, 9]]);
    assert.deepEqual(found(`00-${ID}-00f067aa0ba902b7-01`), [[ID, 3]]);
    assert.deepEqual(found(`${ID}${ID}`), []);
    assert.deepEqual(found(`${ID}abcdef01`), []);
    assert.deepEqual(found('0'.repeat(32)), []);
    assert.equal(traceIdsIn(`trace_id=${ID}`)[0]?.named, true);
    assert.equal(traceIdsIn(`md5 ${ID}`)[0]?.named, false);

    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
    const log = vscode.Uri.file(path.join(folder, 'linked.log'));
    await vscode.workspace.fs.writeFile(log, Buffer.from(`start\ninfo traceId: ${ID}\n`));
    await vscode.window.showTextDocument(log);
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      log,
    );
    const target = links
      .map((link) => link.target?.toString(true))
      .find((uri) => uri?.startsWith('command:'));
    assert.ok(target?.includes(ID), String(target));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(log);
  });

  it('fills in links to other services as data, which lead nowhere else', () => {
    const link = 'https://jaeger.example/trace/{traceId}?s={session}&x={other}';
    assert.equal(
      filledIn(link, { traceId: ID, session: 'a/../b&c=d' }),
      `https://jaeger.example/trace/${ID}?s=a%2F..%2Fb%26c%3Dd&x={other}`,
    );
  });

  it('says on both sides how often each step was made, and on the newer one what changed', async () => {
    const [trace] = (await traceLists()).traces;
    assert.ok(trace);
    const comparison: TraceComparison = {
      ...{ before: trace, after: trace, steps: [], firstDivergence: null },
      trials: {
        trials: { left: 8, right: 8 },
        steps: [
          {
            step: 'tool lookup_order',
            ...{ left: { trials: 8, of: 8 }, right: { trials: 0, of: 8 } },
            ...{ p: 0.0004, verdict: 'less often' },
          },
          {
            step: 'model',
            ...{ left: { trials: 8, of: 8 }, right: { trials: 8, of: 8 } },
            ...{ p: 1, verdict: 'undecided' },
          },
        ],
        measures: [
          { measure: 'tokens', median: { left: 20, right: null }, p: null, verdict: 'undecided' },
          { measure: 'steps', median: { left: 5, right: 4 }, p: 0.02, verdict: 'lower' },
        ],
      },
    };
    const before = sideText(comparison, 'before');
    assert.match(
      before,
      /8 trials:\n {4}tool lookup_order: 8\/8\n {4}model: 8\/8\n {4}Tokens \(median\): 20\n/,
    );
    const newer = sideText(comparison, 'after');
    assert.match(newer, /tool lookup_order: 0\/8 {2}◀ less often \(p < 0\.001\)\n {4}model: 8\/8\n/);
    assert.match(newer, /Tokens \(median\): unknown\n {4}Steps \(median\): 4 {2}◀ lower \(p = 0\.020\)\n/);
  });

  async function traceLists() {
    const { engine } = await activated();
    return engine.call('traces/list', { filter: RECEIVED, order: 'newest', limit: 1, after: null });
  }
});
