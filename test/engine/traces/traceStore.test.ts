import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../../src/engine/errors.ts';
import type { LogRecord, SpanRecord } from '../../../src/engine/model/span.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import type { GroupCursor, TraceGroup } from '../../../src/engine/traces/traceGroups.ts';
import type { TraceCursor, TraceOrder } from '../../../src/engine/traces/traceQuery.ts';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { spanRecord } from '../../support/spanRecord.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const HOUR = 3_600_000;

const span = (traceId: string, spanId: string, over: Partial<SpanRecord> = {}) =>
  spanRecord({ traceId, spanId, endMs: 1500, ...over });

const line: LogRecord = {
  timeMs: 1100,
  level: 'info',
  message: 'looked up',
  traceId: 'a',
  spanId: '1',
  fields: {},
};

describe('trace store', () => {
  let folder: string;
  let stores: TraceStore[];

  beforeEach(() => {
    folder = temporaryFolder();
    stores = [];
  });
  afterEach(() => {
    for (const store of stores) store.close();
  });

  function open(options = {}): TraceStore {
    const store = new TraceStore(traceStorePath(folder), options);
    stores.push(store);
    return store;
  }

  it('keeps what came once, however often it comes', () => {
    const store = open();
    const spans = [span('a', '1'), span('a', '2', { parentSpanId: '1' })];

    assert.deepEqual(store.append(spans, [line]), { spans: 2, logs: 1, duplicates: 0 });
    assert.deepEqual(store.append([...spans, span('a', '3')], [line]), { spans: 1, logs: 0, duplicates: 3 });
    store.close();

    const { spans: kept, logs } = open().records('a');
    assert.deepEqual(kept.map(({ spanId }) => spanId).sort(), ['1', '2', '3']);
    assert.deepEqual(logs, [line]);
  });

  it('lists traces from the newest, page by page, once each', () => {
    const store = open();
    for (let index = 0; index < 25; index += 1)
      store.append([span(`t${String(index).padStart(2, '0')}`, 's', { startMs: Math.floor(index / 2) })], []);
    assert.equal(store.sumUp().length, 25);
    assert.deepEqual(store.sumUp(), []);

    const seen: string[] = [];
    let after: { value: number; traceId: string } | undefined;
    do {
      const page = store.traces({ limit: 7, ...(after ? { after } : {}) });
      seen.push(...page.traces.map(({ traceId }) => traceId));
      after = page.next ?? undefined;
    } while (after);

    assert.equal(new Set(seen).size, 25);
    assert.deepEqual(seen.slice(0, 3), ['t24', 't22', 't23']);
  });

  it('finds traces by what they did', () => {
    const store = open();
    store.append(
      [
        span('ok', '1', {
          attributes: { 'session.id': 's1', 'gen_ai.input.messages': 'Where is order A1001?' },
        }),
        span('slow', '1', {
          startMs: 0,
          endMs: 9000,
          service: 'other',
          resource: { 'service.version': '1.2' },
        }),
        span('bad', '1', { status: 'error', statusMessage: 'database is away' }),
      ],
      [],
    );
    store.sumUp();
    const find = (query: object) =>
      store
        .traces({ limit: 10, ...query })
        .traces.map(({ traceId }) => traceId)
        .sort();

    assert.deepEqual(find({}), ['bad', 'ok', 'slow']);
    assert.deepEqual(find({ errors: true }), ['bad']);
    assert.deepEqual(find({ slowerThanMs: 5000 }), ['slow']);
    assert.deepEqual(find({ service: 'other' }), ['slow']);
    assert.deepEqual(find({ release: '1.2' }), ['slow']);
    assert.deepEqual(find({ session: 's1' }), ['ok']);
    assert.deepEqual(find({ text: 'ORDER a1001' }), ['ok']);
    assert.deepEqual(find({ text: 'session.id=s1' }), ['ok']);
    assert.deepEqual(find({ text: 'database' }), ['bad']);
    assert.deepEqual(find({ text: '%' }), []);
    assert.deepEqual(find({ since: 500 }), ['bad', 'ok']);
    assert.deepEqual(find({ until: 500 }), ['slow']);
    assert.deepEqual(store.idsLike('sl', 5), ['slow']);
  });

  it('lists a trace whatever number its senders call a count of tokens', () => {
    const store = open();
    for (const [at, tokens] of [0.5, 1e308, 2 ** 63, -1].entries())
      store.append([span(`t${at}`, '1', { attributes: { 'gen_ai.usage.input_tokens': tokens } })], []);
    const most = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': 1e12 };
    store.append(
      Array.from({ length: 3_000 }, (_, at) => span('t4', `${at}`, { attributes: most })),
      [],
    );

    assert.equal(store.sumUp().length, 5);
    assert.deepEqual(store.unlisted(5), []);
    assert.equal(store.traces({ limit: 9, order: 'tokens' }).traces.length, 5);
  });

  it('finds a trace by the beginning of its id before it is listed', () => {
    const store = open();
    store.append([span('abc1', '1', { startMs: 5 }), span('abc1', '2')], []);
    store.sumUp();
    store.append([span('abc2', '1', { startMs: 2000 }), span('abc1', '3'), span('b', '1')], []);

    assert.deepEqual(store.idsLike('abc', 5), ['abc2', 'abc1']);
    assert.deepEqual(store.idsLike('abc', 1), ['abc2']);
    assert.deepEqual(store.idsLike('', 5), ['abc2', 'b', 'abc1']);
  });

  it('lists what is slowest, costliest, largest or worst first, page by page', () => {
    const store = open({
      price: ({ tokens }: { tokens: { input: number | null } | null }) => tokens?.input ?? null,
    });
    const call = (id: string, tokens: number | null, endMs: number, score: number | null) =>
      span(id, 'm', {
        endMs,
        status: id === 'c' ? 'error' : 'unset',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.response.model': id === 'a' ? 'large' : 'small',
          ...(tokens === null
            ? {}
            : { 'gen_ai.usage.input_tokens': tokens, 'gen_ai.usage.output_tokens': 1 }),
        },
        events:
          score === null
            ? []
            : [
                {
                  name: 'gen_ai.evaluation.result',
                  timeMs: 1200,
                  attributes: {
                    'gen_ai.evaluation.name': 'relevance',
                    'gen_ai.evaluation.score.value': score,
                  },
                },
              ],
      });
    store.append(
      [
        call('a', 10, 3000, 0.9),
        call('b', null, 9000, null),
        call('c', 30, 2000, 0.2),
        call('d', 20, 1500, 0),
      ],
      [],
    );
    store.sumUp();

    const listed = (order: TraceOrder, more: object = {}) => {
      const ids: string[] = [];
      let after: TraceCursor | undefined;
      do {
        const page = store.traces({ order, limit: 1, ...more, ...(after ? { after } : {}) });
        ids.push(...page.traces.map(({ traceId }) => traceId));
        after = page.next ?? undefined;
      } while (after);
      return ids.join('');
    };
    assert.equal(listed('slowest'), 'bacd');
    assert.equal(listed('costliest'), 'cdab');
    assert.equal(listed('tokens'), 'cdab');
    assert.equal(listed('errors'), 'cabd');
    assert.equal(listed('lowest-score'), 'dcab');
    assert.equal(listed('newest', { scoreBelow: 0.5 }), 'cd');
    assert.equal(listed('newest', { model: 'small' }), 'bcd');
    assert.equal(listed('newest', { group: { by: 'model', key: 'large' } }), 'a');
    assert.deepEqual(store.values('model', 9).sort(), ['large', 'small']);
  });

  it('groups traces by what they have in common; one without a session stands for itself', () => {
    const store = open({ price: () => 0.5 });
    const start = (id: string, startMs: number, session: string | null, more: Partial<SpanRecord> = {}) =>
      span(id, '1', {
        startMs,
        endMs: startMs + 10,
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.usage.input_tokens': 3,
          'gen_ai.usage.output_tokens': 4,
          ...(session === null ? {} : { 'gen_ai.conversation.id': session }),
        },
        ...more,
      });
    store.append(
      [
        start('a', 1000, 'one'),
        start('b', 2000, 'two'),
        start('c', 3000, 'one', { status: 'error' }),
        start('d', 2500, null, { service: 'other' }),
        start('e', 500, null),
      ],
      [],
    );
    store.sumUp();

    const seen: TraceGroup[] = [];
    let after: GroupCursor | undefined;
    do {
      const page = store.groups({ by: 'session', limit: 2, ...(after ? { after } : {}) });
      seen.push(...page.groups);
      after = page.next ?? undefined;
    } while (after);
    assert.deepEqual(
      seen.map(({ key, traceId, traces, failed }) => [key, traceId, traces, failed]),
      [
        ['one', null, 2, 1],
        [null, 'd', 1, 0],
        ['two', null, 1, 0],
        [null, 'e', 1, 0],
      ],
    );
    assert.deepEqual(
      { ...seen[0] },
      {
        key: 'one',
        traceId: null,
        traces: 2,
        failed: 1,
        newestMs: 3000,
        costUsd: 1,
        tokens: 14,
        score: null,
      },
    );
    const services = store.groups({ by: 'service', limit: 9 }).groups;
    assert.deepEqual(
      services.map(({ key, traces }) => [key, traces]),
      [
        ['agent', 4],
        ['other', 1],
      ],
    );
    assert.deepEqual(
      store.groups({ by: 'session', errors: true, limit: 9 }).groups.map(({ key }) => key),
      ['one'],
    );
    const own = store
      .traces({ group: { by: 'session', key: null }, limit: 9 })
      .traces.map(({ traceId }) => traceId);
    assert.deepEqual(own, ['d', 'e']);
  });

  it('says what changed since somebody looked last', () => {
    const store = open();
    store.append([span('a', '1'), span('b', '1')], []);
    store.sumUp();
    const first = store.changedAfter(0, 1);
    assert.equal(first.more, true);
    const second = store.changedAfter(first.last, 9);
    const both = [...first.traces, ...second.traces].map(({ traceId }) => traceId);
    assert.deepEqual(both.sort(), ['a', 'b']);
    assert.equal(second.last, store.counts.changed);

    store.append([span('a', '2')], []);
    store.sumUp();
    const third = store.changedAfter(second.last, 9);
    assert.deepEqual(
      third.traces.map(({ traceId, spans }) => [traceId, spans]),
      [['a', 2]],
    );
    assert.deepEqual(store.changedAfter(third.last, 9), { traces: [], last: third.last, more: false });
  });

  it('sums a trace up anew when more of it comes', () => {
    const store = open();
    store.append([span('a', '2', { parentSpanId: '1', startMs: 1200 })], []);
    assert.deepEqual(
      store.sumUp().map(({ incomplete, spans }) => [incomplete, spans]),
      [[true, 1]],
    );

    store.append([span('a', '1', { name: 'support' })], []);
    const [summary] = store.sumUp();
    assert.deepEqual([summary?.title, summary?.incomplete, summary?.spans], ['support', false, 2]);
    assert.equal(store.traces({ limit: 5 }).traces.length, 1);
  });

  it('forgets what arrived too long ago, and what arrived first where it is too much, with all that belongs to it', () => {
    const clock = new ManualClock();
    const store = open({ clock, retention: { maxAgeMs: HOUR, maxBytes: 400_000 } });
    store.append([span('old', '1'), span('grown', '1')], [{ ...line, traceId: 'old' }]);
    store.append([], [{ ...line, traceId: 'alone' }]);
    store.sumUp();
    clock.pass(HOUR);
    store.append([span('new', '1', { startMs: 5 }), span('grown', '2')], []);
    clock.pass(1);
    assert.equal(store.forgetSome(clock.now()), 2);
    assert.deepEqual(store.records('old'), { spans: [], logs: [] });
    assert.deepEqual(store.records('alone'), { spans: [], logs: [] });
    assert.equal(store.counts.forgotten, 2);
    store.sumUp();
    assert.equal(store.forgetSome(clock.now()), 0);
    assert.equal(store.records('grown').spans.length, 2);

    for (let index = 0; index < 300; index += 1) {
      const text = 'x'.repeat(2000);
      store.append([span(`big${index}`, '1', { startMs: 1e6 - index, attributes: { text } })], []);
      clock.pass(1);
    }
    while (store.sumUp().length > 0);
    while (store.forgetSome(clock.now()) > 0);
    const left = store.traces({ limit: 1000 }).traces.map(({ traceId }) => traceId);
    assert.ok(left.includes('big299') && !left.includes('new') && left.length < 200, `${left.length} left`);
    assert.equal(store.forgetSome(clock.now()), 0);
  });

  it('gives a change a number of its own also after the latest was forgotten', () => {
    const clock = new ManualClock();
    const store = open({ clock, retention: { maxAgeMs: HOUR, maxBytes: 1e9 } });
    store.append([span('a', '1')], []);
    store.sumUp();
    const { changed } = store.counts;
    clock.pass(2 * HOUR);
    store.forgetSome(clock.now());
    store.append([span('b', '1')], []);
    store.sumUp();
    assert.deepEqual(
      store.changedAfter(changed, 9).traces.map(({ traceId }) => traceId),
      ['b'],
    );
  });

  it('sets a trace aside that cannot be summed up, says so once, and lists the others', () => {
    const bugs: string[] = [];
    const clock = new ManualClock();
    const store = open({
      clock,
      retention: { maxAgeMs: HOUR, maxBytes: 1e9 },
      price: (call: { model: string | null }) => {
        if (call.model === 'broken') throw new TypeError('a bug');
        return null;
      },
      onBug: (error: unknown, traceId: string) => bugs.push(`${traceId}: ${error}`),
    });
    const call = (traceId: string, spanId: string, model: string) =>
      span(traceId, spanId, {
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.response.model': model,
          'gen_ai.usage.input_tokens': 1,
        },
      });
    store.append([call('a', '1', 'broken'), call('b', '1', 'whole'), call('c', '1', 'whole')], []);
    store.sumUp();
    store.append([call('a', '2', 'whole'), call('d', '1', 'whole')], []);
    store.sumUp();

    const listed = store.traces({ limit: 9 }).traces.map(({ traceId }) => traceId);
    assert.deepEqual(listed.sort(), ['b', 'c', 'd']);
    assert.deepEqual(bugs, ['a: TypeError: a bug']);
    assert.equal(store.records('a').spans.length, 2);
    clock.pass(2 * HOUR);
    assert.equal(store.forgetSome(clock.now()), 4);
    assert.deepEqual(store.records('a').spans, []);
  });

  it('goes on behind a trace of which nothing is left', () => {
    const file = path.join(temporaryFolder(), 'traces.db');
    const store = new TraceStore(file);
    store.append([span('a', '1'), span('b', '1')], []);
    const other = new DatabaseSync(file);
    other.exec("DELETE FROM spans WHERE trace_id = 'a'");
    other.close();
    assert.deepEqual(
      store.sumUp().map(({ traceId }) => traceId),
      ['b'],
    );
    assert.equal(store.sumUpSome(9).done, 0);
    store.close();
  });

  it('goes on behind traces that are log lines alone', () => {
    const store = open();
    const alone = Array.from({ length: 450 }, (_, at) => ({ ...line, traceId: `a${at}` }));
    store.append([span('b', '1')], alone);
    assert.deepEqual(
      store.sumUp().map(({ traceId }) => traceId),
      ['b'],
    );
    assert.deepEqual(store.unlisted(9), []);
  });

  it('tells spans in the order of their arrival, each once, with numbers that are never used twice', () => {
    const clock = new ManualClock();
    const store = open({ clock, retention: { maxAgeMs: HOUR, maxBytes: 1e9 } });
    assert.equal(store.lastSeq, 0);
    assert.deepEqual(store.spansAfter(0, 9), []);
    store.append([span('b', '1'), span('a', '1')], [line]);
    clock.pass(5);
    store.append([span('b', '1'), span('c', '1')], []);
    const seen = store.spansAfter(0, 2);
    const rest = store.spansAfter(seen.at(-1)?.seq ?? 0, 9);
    const all = [...seen, ...rest];
    assert.deepEqual(
      all.map(({ record, arrivedMs }) => [record.traceId, arrivedMs]),
      [
        ['b', clock.now() - 5],
        ['a', clock.now() - 5],
        ['c', clock.now()],
      ],
    );
    assert.deepEqual(all[0]?.record, span('b', '1'));
    const last = store.lastSeq;
    assert.equal(last, all.at(-1)?.seq);

    while (store.sumUp().length > 0);
    clock.pass(2 * HOUR);
    assert.equal(store.forgetSome(clock.now()), 3);
    assert.equal(store.lastSeq, last);
    store.append([span('d', '1')], []);
    const [next] = store.spansAfter(last, 9);
    assert.ok(next?.record.traceId === 'd' && next.seq > last);
    assert.equal(store.spansAfter(0, 9).length, 1);
  });

  it('reads no more of long spans at once than is needed to go on', () => {
    const store = open();
    const text = 'x'.repeat(9_000_000);
    for (const id of ['1', '2', '3']) store.append([span('a', id, { attributes: { text } })], []);
    const [first, second, third] = [0, 1, 2].map((seq) => store.spansAfter(seq, 9).length);
    assert.deepEqual([first, second, third], [1, 1, 1]);
  });

  it('is not the store of runs, nor another program’s: each refuses the other’s file', () => {
    new RunStore(storePath(folder)).close();
    assert.throws(() => new TraceStore(storePath(folder)), StoreError);
    open().close();
    assert.throws(() => new RunStore(traceStorePath(folder)), StoreError);

    const strange = path.join(folder, 'strange.db');
    writeFileSync(strange, 'no database, but a text that is long enough to be one');
    assert.throws(() => new TraceStore(strange), StoreError);
  });

  it('reads as empty where there is none, and makes none', () => {
    const store = open({ access: 'read' });
    assert.deepEqual(store.traces({ limit: 5 }), { traces: [], next: null });
    assert.equal(store.tree('a'), undefined);
  });
});
