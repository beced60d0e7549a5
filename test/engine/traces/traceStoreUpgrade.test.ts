import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { TraceStore } from '../../../src/engine/traces/traceStore.ts';
import { TRACE_STORE, traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import { ManualClock } from '../../support/manualClock.ts';
import { spanRecord } from '../../support/spanRecord.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const root = path.join(import.meta.dirname, '..', '..', '..');
const fixtures = path.join(root, 'test', 'fixtures', 'traceStores');
const killer = path.join(root, 'test', 'support', 'killedUpgrade.ts');
const DAY = 24 * 3_600_000;
/** Of a span that came and was not listed yet, and of log lines without spans. */
const UNLISTED = 'd'.repeat(32);
const ALONE = 'c'.repeat(32);

/** The store that a program of the first format made: four traces, one not listed yet, and log lines. */
function storedTraces(): string {
  const file = traceStorePath(temporaryFolder());
  mkdirSync(path.dirname(file));
  writeFileSync(file, gunzipSync(readFileSync(path.join(fixtures, 'v1.db.gz'))));
  return file;
}

/** All that a person sees of it, and the spans in their order. */
function contents(store: TraceStore) {
  const { traces } = store.traces({ limit: 100 });
  const ids = [...traces.map(({ traceId }) => traceId), ...store.unlisted(9), ALONE];
  const sessions = store.groups({ by: 'session', limit: 9 });
  return { traces, sessions, records: ids.map((id) => store.records(id)), log: store.spansAfter(0, 1000) };
}

function read(file: string) {
  const store = new TraceStore(file, { access: 'read' });
  const found = contents(store);
  store.close();
  return found;
}

function schemaOf(file: string): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare('SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE ? ORDER BY type, name')
    .all('sqlite_%');
  database.close();
  return rows.map(({ type, name, sql }) => ({ type, name, sql }));
}

const filesBeside = (file: string) => readdirSync(path.dirname(file)).sort();

describe('a trace store of the first format', () => {
  it('is the fixture that it is meant to be', () => {
    const { traces, log, records } = read(storedTraces());
    assert.deepEqual([traces.length, log.length, records.length], [4, 28, 6]);
    assert.equal(records.at(-1)?.logs.length, 1);
  });

  it('shows the same before and after it is upgraded, and so does its copy', () => {
    const file = storedTraces();
    const original = readFileSync(file);
    const before = read(file);
    assert.deepEqual(readFileSync(file), original);

    const store = new TraceStore(file);
    const copy = path.join(path.dirname(file), 'traces.v1.db');
    const to = TRACE_STORE.migrations.length;
    assert.deepEqual(store.upgrade, { name: 'trace store', from: 1, to, copy });
    assert.deepEqual(contents(store), before);
    assert.deepEqual(store.changedAfter(0, 9).traces.length, 4);
    store.close();
    assert.deepEqual(read(file), before);
    writeFileSync(file, readFileSync(copy));
    assert.deepEqual(read(file), before);
  });

  it('has the tables of a new one afterwards', () => {
    const file = storedTraces();
    const fresh = traceStorePath(temporaryFolder());
    for (const each of [file, fresh]) new TraceStore(each).close();
    assert.deepEqual(schemaOf(file), schemaOf(fresh));
  });

  it('goes on where it was: its order of arrival, its list, and what is forgotten by its start', () => {
    const file = storedTraces();
    const newest = Math.max(...read(file).log.map(({ arrivedMs }) => arrivedMs));
    const clock = new ManualClock({ wall: newest + 10 * DAY });
    const store = new TraceStore(file, { clock });
    const last = store.lastSeq;
    assert.equal(last, store.spansAfter(0, 1000).at(-1)?.seq);
    const [first] = store.spansAfter(0, 1);
    assert.ok(first && first.arrivedMs <= first.record.startMs);

    const changed = store.counts.changed;
    store.append([spanRecord({ traceId: 'e'.repeat(32), spanId: '1' })], []);
    assert.ok((store.spansAfter(last, 1)[0]?.seq ?? 0) > last);
    while (store.sumUp().length > 0);
    const told = store.changedAfter(changed, 9).traces.map(({ traceId }) => traceId);
    assert.deepEqual(told.sort(), [UNLISTED, 'e'.repeat(32)]);

    assert.equal(store.forgetSome(newest + 15 * DAY), 6);
    assert.deepEqual(store.records(ALONE), { spans: [], logs: [] });
    assert.equal(store.traces({ limit: 9 }).traces.length, 1);
    store.close();
  });

  it('is followed by whoever has it open to be read meanwhile', () => {
    const file = storedTraces();
    const reader = new TraceStore(file, { access: 'read' });
    const before = contents(reader);
    reader.close();
    const writer = new TraceStore(file);
    const second = new TraceStore(file, { access: 'read' });
    assert.deepEqual(contents(second), before);
    second.close();
    writer.close();
  });

  it('opens with everything in it, wherever its upgrade was killed', function () {
    this.timeout(240_000);
    const expected = read(storedTraces());
    for (let at = 1, isOpened = false; !isOpened; at += 1) {
      const file = storedTraces();
      const { stdout, signal } = spawnSync(process.execPath, [killer, file, String(at), 'traces'], {
        encoding: 'utf8',
      });
      isOpened = stdout === 'opened';
      if (!isOpened) assert.equal(signal, 'SIGKILL', `at ${at}`);
      new TraceStore(file).close();
      assert.deepEqual(read(file), expected, `at ${at}`);
      assert.ok(!filesBeside(file).includes('traces.db.copying'));
    }
  });
});
