import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ResumeError, StoreError } from '../../../src/engine/errors.ts';
import type { Owner } from '../../../src/engine/store/lease.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { plan, trialResult } from '../../support/runFixtures.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const me: Owner = { pid: 100, host: 'here', started: null, alive: () => true };
const nothing = { cases: [], spans: [], logs: [] };
const beat = { now: 1000, elapsedMs: 5 };

describe('RunStore', () => {
  let folder: string;
  let store: RunStore;

  beforeEach(() => {
    folder = temporaryFolder();
    store = new RunStore(storePath(folder));
    store.createRun({
      id: 'r1',
      plan: plan({ targets: ['b', 'a'] }),
      createdAt: 10,
      traceId: 'f'.repeat(32),
    });
  });

  afterEach(() => {
    store.close();
  });

  it('keeps its folder out of git', () => {
    assert.equal(readFileSync(path.join(folder, '.touchstone', '.gitignore'), 'utf8'), '*\n');
  });

  it('returns results by the plan’s order of targets, then case, then trial', () => {
    const results = [
      trialResult({ target: 'a', caseIndex: 0, trial: 1 }),
      trialResult({ target: 'a', caseIndex: 0, trial: 0 }),
      trialResult({ target: 'b', caseIndex: 10 }),
      trialResult({ target: 'b', caseIndex: 9 }),
    ];
    store.append('r1', { results, ...nothing }, beat);
    const order = [...store.results('r1')].map(
      (result) => `${result.target}${result.caseIndex}.${result.trial}`,
    );
    assert.deepEqual(order, ['b9.0', 'b10.0', 'a0.0', 'a0.1']);
  });

  it('is append-only: the first result of a trial stands', () => {
    const first = trialResult({ target: 'a', caseIndex: 0, status: 'passed' });
    store.append('r1', { results: [first], ...nothing }, beat);
    store.append('r1', { results: [{ ...first, status: 'failed' }], ...nothing }, beat);
    assert.deepEqual([...store.results('r1')], [first]);
  });

  it('stores all of a batch or nothing of it', () => {
    const results = [
      trialResult({ target: 'a', caseIndex: 0 }),
      trialResult({ target: 'nobody', caseIndex: 1 }),
    ];
    assert.throws(() => store.append('r1', { results, ...nothing }, beat), /no target nobody/);
    assert.deepEqual([...store.results('r1')], []);
  });

  it('tells the states of a run', () => {
    assert.deepEqual(store.getRun('r1').status, { state: 'planned' });
    const lease = store.claim('r1', me, 1000);
    assert.equal(store.getRun('r1').status.state, 'running');
    store.release(lease, 'complete', 1500);
    assert.deepEqual(store.getRun('r1').status, { state: 'complete', finishedAt: 1500 });
    assert.throws(() => store.getRun('nope'), ResumeError);
  });

  it('is shared by several connections', () => {
    const second = new RunStore(storePath(folder));
    second.append('r1', { results: [trialResult({ target: 'a', caseIndex: 3 })], ...nothing }, beat);
    assert.equal([...store.results('r1')].length, 1);
    second.close();
  });

  it('refuses a store of a newer version and leaves it alone', () => {
    const file = path.join(folder, 'newer.db');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA user_version = 99');
    database.close();
    const before = readFileSync(file);
    assert.throws(
      () => new RunStore(file),
      (error: StoreError) => {
        assert.ok(error instanceof StoreError);
        assert.match(error.describe(), /newer version/);
        return true;
      },
    );
    assert.deepEqual(readFileSync(file), before);
  });

  it('refuses a file that is no database and leaves it alone', () => {
    const file = path.join(folder, 'broken.db');
    const text = 'this is not a database, not at all '.repeat(100);
    writeFileSync(file, text);
    assert.throws(() => new RunStore(file), StoreError);
    assert.equal(readFileSync(file, 'utf8'), text);
  });

  it('reports a damaged database and leaves it alone', () => {
    store.append('r1', { results: [trialResult({ target: 'a', caseIndex: 0 })], ...nothing }, beat);
    store.close();
    const file = storePath(folder);
    const bytes = readFileSync(file);
    // The file's header says how long a page is; the second one holds the runs.
    const page = bytes.readUInt16BE(16);
    bytes.fill(0xff, page, page + 2000);
    writeFileSync(file, bytes);
    assert.throws(() => {
      const damaged = new RunStore(file);
      try {
        damaged.getRun('r1');
      } finally {
        damaged.close();
      }
    }, StoreError);
    assert.deepEqual(readFileSync(file), bytes);
  });
});
