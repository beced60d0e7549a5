import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { ResultRow } from '../../../src/protocol/resultRow.ts';
import { RowStore } from '../../../src/webview/report/rowStore.ts';
import { selectRows } from '../../../src/webview/report/selectRows.ts';
import { NO_FILTER, type RowFilter, readViewState } from '../../../src/webview/report/viewState.ts';
import { rowWindow, scrollToRow } from '../../../src/webview/shared/rowWindow.ts';

const BY_DATASET = { column: 'dataset', descending: false } as const;

function row(more: Partial<ResultRow> = {}): ResultRow {
  return {
    target: 'b',
    case_id: `case-${more.case_index ?? 0}`,
    description: '',
    case_index: 0,
    trial: 0,
    status: 'passed',
    score: 1,
    reason: 'all passed',
    stage: 'heuristic',
    early: false,
    tags: [],
    failed_by: [],
    input: 'Where is it?',
    output: 'On its way.',
    latency_ms: 10,
    cost_usd: null,
    input_tokens: null,
    output_tokens: null,
    trace_id: '0'.repeat(32),
    ...more,
  };
}

function places(store: RowStore): string[] {
  return store.all().map(({ row: { case_index, target, trial } }) => `${case_index} ${target} ${trial}`);
}

describe('the rows of a run', () => {
  const rows = [0, 1, 2, 3].flatMap((case_index) =>
    ['b', 'a'].flatMap((target) => [0, 1].map((trial) => row({ case_index, target, trial }))),
  );

  it('stand in the order of the dataset and of the targets, in whatever batches they come', () => {
    const expected = rows.map(({ case_index, target, trial }) => `${case_index} ${target} ${trial}`);
    const shuffled = fc.shuffledSubarray(rows, { minLength: rows.length });
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 16 }), fc.boolean(), (order, size, readBetween) => {
        const store = new RowStore(['b', 'a']);
        for (let at = 0; at < order.length; at += size) {
          store.add(order.slice(at, at + size));
          if (readBetween) store.all();
        }
        assert.deepEqual(places(store), expected);
      }),
    );
  });

  it('hold one row for each result; one that comes again replaces the earlier one', () => {
    const store = new RowStore(['a']);
    store.add([row({ target: 'a' })]);
    store.add([row({ target: 'a', status: 'failed', reason: 'worse' })]);
    assert.equal(store.size, 1);
    assert.equal(store.all()[0]?.row.status, 'failed');
    assert.equal(selectRows(store, { ...NO_FILTER, text: 'WORSE' }, BY_DATASET).length, 1);
  });

  it('are flaky when trials of one case and target do not agree, until they do', () => {
    const store = new RowStore(['a', 'b']);
    store.add([
      row({ target: 'a' }),
      row({ target: 'a', trial: 1, status: 'errored' }),
      row({ target: 'b' }),
    ]);
    const flaky = () => selectRows(store, { ...NO_FILTER, status: 'flaky' }, BY_DATASET).length;
    assert.equal(flaky(), 2);
    store.add([row({ target: 'a', trial: 1 })]);
    assert.equal(flaky(), 0);
  });
});

describe('the choice of rows', () => {
  const store = new RowStore(['a', 'b']);
  store.add([
    row({ case_index: 0, target: 'a', tags: ['x'], score: 0.5, latency_ms: 30 }),
    row({ case_index: 1, target: 'b', status: 'failed', failed_by: ['rubric'], stage: 'judge', score: 0.1 }),
    row({ case_index: 2, target: 'a', status: 'errored', score: null, stage: 'none', output: 'Timeout' }),
    row({ case_index: 3, target: 'b', tags: ['x', 'y'], score: 0.9, case_id: 'Refund' }),
  ]);
  const chosen = (filter: Partial<RowFilter>) =>
    selectRows(store, { ...NO_FILTER, ...filter }, BY_DATASET).map(({ row: { case_index } }) => case_index);

  it('meets every condition at once', () => {
    assert.deepEqual(chosen({}), [0, 1, 2, 3]);
    assert.deepEqual(chosen({ status: 'failed' }), [1]);
    assert.deepEqual(chosen({ tag: 'x' }), [0, 3]);
    assert.deepEqual(chosen({ tag: 'x', target: 'b' }), [3]);
    assert.deepEqual(chosen({ stage: 'none' }), [2]);
    assert.deepEqual(chosen({ evaluator: 'rubric' }), [1]);
    assert.deepEqual(chosen({ text: '  way  REFUND ' }), [3]);
    assert.deepEqual(chosen({ text: 'timeout', status: 'passed' }), []);
  });

  it('takes the words of a search as they stand', () => {
    for (const text of ['.*', '(', '\\', '[a-z]', '$&']) assert.deepEqual(chosen({ text }), []);
  });

  it('puts what was not measured last, in either direction', () => {
    const scores = (descending: boolean) =>
      selectRows(store, NO_FILTER, { column: 'score', descending }).map(({ row: { score } }) => score);
    assert.deepEqual(scores(false), [0.1, 0.5, 0.9, null]);
    assert.deepEqual(scores(true), [0.9, 0.5, 0.1, null]);
  });
});

describe('the window of rows', () => {
  it('holds every row that can be seen, and not many more', () => {
    const sizes = fc.record({
      count: fc.integer({ min: 0, max: 100_000 }),
      view: fc.integer({ min: 0, max: 3000 }),
      height: fc.integer({ min: 12, max: 60 }),
      share: fc.double({ min: 0, max: 1.2, noNaN: true }),
    });
    fc.assert(
      fc.property(sizes, ({ count, view, height, share }) => {
        const most = Math.max(0, count * height - view);
        const top = Math.min(most, share * most);
        const { first, last } = rowWindow(top, view, height, count);
        assert.ok(first >= 0 && last <= count && first <= last);
        assert.ok(first * height <= top || first === 0);
        assert.ok(last * height >= Math.min(top + view, count * height) - 1e-6);
        assert.ok(last - first <= view / height + 2 + 2 * 8 + 1);
      }),
    );
  });

  it('scrolls no further than it must', () => {
    assert.equal(scrollToRow(5, 0, 100, 20), 20);
    assert.equal(scrollToRow(1, 40, 100, 20), 20);
    assert.equal(scrollToRow(3, 40, 100, 20), 40);
  });
});

describe('the kept state', () => {
  it('is taken up when it fits, and begun anew when it does not', () => {
    const state = { ...readViewState(null), scroll: 120, open: '1/0/a' };
    assert.deepEqual(readViewState(JSON.parse(JSON.stringify(state))), state);
    for (const wrong of [undefined, 7, {}, { ...state, version: 2 }, { ...state, filter: { status: 'odd' } }])
      assert.deepEqual(readViewState(wrong), readViewState(null));
  });
});
