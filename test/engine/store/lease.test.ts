import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { LeaseLostError, ResumeError } from '../../../src/engine/errors.ts';
import { isRunning, processIdentity } from '../../../src/engine/processes/processIdentity.ts';
import type { Owner } from '../../../src/engine/store/lease.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { plan, trialResult } from '../../support/runFixtures.ts';
import { skip } from '../../support/skip.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const LEASE_MS = 300;
const worker = path.join(import.meta.dirname, '..', '..', 'support', 'leaseWorker.ts');
const nothing = { results: [], cases: [], spans: [], logs: [] };

const owner = (pid: number, host = 'here', alive: boolean | null = true): Owner => ({
  pid,
  host,
  started: `start of ${pid}`,
  alive: () => alive,
});

describe('the lease on a run', () => {
  let folder: string;
  const stores: RunStore[] = [];

  beforeEach(() => {
    folder = temporaryFolder();
    open().createRun({ id: 'r', plan: plan({ targets: ['a'] }), createdAt: 1, traceId: 'f'.repeat(32) });
  });

  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
  });

  /** As another process would. */
  function open(): RunStore {
    const store = new RunStore(storePath(folder), { leaseMs: LEASE_MS });
    stores.push(store);
    return store;
  }

  const held: { holder: Owner; claimant: Owner; afterMs: number; may: boolean; because: string }[] = [
    { holder: owner(1), claimant: owner(2), afterMs: 10, may: false, because: 'its process lives' },
    {
      holder: owner(1),
      claimant: owner(2),
      afterMs: 1e9,
      may: false,
      because: 'a process that was blocked or suspended lives all the same',
    },
    {
      holder: owner(1),
      claimant: owner(2, 'here', false),
      afterMs: 1,
      may: true,
      because: 'its process died',
    },
    {
      holder: owner(1),
      claimant: owner(2, 'here', null),
      afterMs: LEASE_MS - 1,
      may: false,
      because: 'its process cannot be seen, and it was heard of',
    },
    {
      holder: owner(1),
      claimant: owner(2, 'here', null),
      afterMs: LEASE_MS,
      may: true,
      because: 'its process cannot be seen, and was silent for too long',
    },
    {
      holder: owner(1),
      claimant: owner(1, 'there'),
      afterMs: LEASE_MS - 1,
      may: false,
      because: 'another host',
    },
    { holder: owner(1), claimant: owner(1, 'there'), afterMs: LEASE_MS, may: true, because: 'a silent host' },
  ];
  for (const { holder, claimant, afterMs, may, because } of held)
    it(`${may ? 'may' : 'may not'} be taken: ${because}`, () => {
      open().claim('r', holder, 1000);
      const claim = () => open().claim('r', claimant, 1000 + afterMs);
      if (may) assert.equal(claim().attempt, 1);
      else assert.throws(claim, ResumeError);
    });

  it('may be taken again by a process that could not release it', () => {
    const store = open();
    const lease = store.claim('r', owner(1), 1000);
    const full = new DatabaseSync(storePath(folder));
    full.exec(`CREATE TRIGGER full BEFORE UPDATE ON runs BEGIN SELECT RAISE(FAIL, 'disk full'); END`);
    assert.throws(() => store.release(lease, 'interrupted', 1001), /disk full/);
    full.exec('DROP TRIGGER full');
    full.close();
    assert.throws(() => open().claim('r', owner(2), 1002), ResumeError);
    assert.equal(store.claim('r', owner(1), 1002).attempt, 1);
  });

  it('is not given twice to one process', () => {
    const store = open();
    store.claim('r', owner(1), 1000);
    assert.throws(() => store.claim('r', owner(1), 1001), ResumeError);
  });

  it('that is lost neither writes nor releases the run', () => {
    const [first, second] = [open(), open()];
    const old = first.claim('r', owner(1, 'there'), 1000);
    const current = second.claim('r', owner(2), 1000 + LEASE_MS);
    const batch = { ...nothing, results: [trialResult({ target: 'a', caseIndex: 0 })] };
    assert.throws(() => first.append(old, batch, { now: 2000, elapsedMs: 1 }), LeaseLostError);
    assert.deepEqual([...second.results('r')], [], 'nothing of its batch is stored');
    assert.throws(() => first.release(old, 'complete', 2000), /taken over by process 2 on here/);
    const { status } = second.getRun('r');
    assert.ok(status.state === 'running' && status.owner.pid === 2);
    assert.equal(status.owner.heartbeat, 1000 + LEASE_MS, 'its heartbeat is not the first one’s');
    second.append(current, batch, { now: 2001, elapsedMs: 1 });
    second.release(current, 'complete', 2002);
    assert.equal(second.getRun('r').status.state, 'complete');
    assert.throws(() => first.append(old, batch, { now: 2003, elapsedMs: 1 }), LeaseLostError);
    assert.throws(() => first.release(old, 'interrupted', 2003), LeaseLostError);
    assert.equal(second.getRun('r').status.state, 'complete');
  });

  it('is lost with the run', () => {
    const [first, second] = [open(), open()];
    const lease = first.claim('r', owner(1, 'there'), 1000);
    second.deleteRun('r', owner(2), 1000 + LEASE_MS);
    second.createRun({ id: 'other', plan: plan({ targets: ['a'] }), createdAt: 2, traceId: 'e'.repeat(32) });
    second.claim('other', owner(2), 2000);
    assert.throws(() => first.append(lease, nothing, { now: 2001, elapsedMs: 1 }), /was deleted/);
  });

  it('keeps others from writing without one', () => {
    open().claim('r', owner(1), 1000);
    assert.throws(() => open().append('r', nothing, { now: 1001, elapsedMs: 1 }), LeaseLostError);
  });

  it('tells a process from a later one of the same number', function () {
    const mine = processIdentity(process.pid);
    assert.equal(isRunning(process.pid, mine), true);
    if (mine === null) skip(this, 'this system does not tell when a process started');
    assert.equal(isRunning(process.pid, `${mine}0`), false, 'started at another time');
    assert.equal(isRunning(process.pid, `elsewhere.${mine}`), null, 'of another boot or container');
    assert.equal(isRunning(2 ** 22 + 1, mine), false);
  });

  it('ends a process that was suspended and taken for dead, before its next call', async function () {
    if (process.platform === 'win32') skip(this, 'Windows cannot suspend a process with a signal');
    this.timeout(60_000);
    const child = spawn(process.execPath, [worker, storePath(folder), String(LEASE_MS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    let said = '';
    child.stdout.on('data', (data: Buffer) => {
      said += data;
    });
    while (!said.includes('call')) await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const store = open();
    const { status } = store.getRun('r');
    assert.ok(status.state === 'running');
    await new Promise((resolve) => setTimeout(resolve, 2 * LEASE_MS));
    const lease = store.claim('r', owner(2), Date.now());
    const [calls, stored] = [said.match(/call/g)?.length, [...store.results('r')].length];
    child.kill('SIGCONT');
    await ended;
    assert.match(said, /LeaseLostError: run r was taken over by process 2 on here/);
    assert.equal(said.match(/call/g)?.length, calls, 'nothing was called after that');
    assert.equal([...store.results('r')].length, stored);
    assert.equal(store.getRun('r').status.state, 'running');
    store.release(lease, 'complete', Date.now());
  });
});
