import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { Connection } from '../../../src/engine/store/file/connection.ts';
import type { Owner } from '../../../src/engine/store/lease.ts';
import { RUN_STORE } from '../../../src/engine/store/runStoreFormat.ts';
import { storePath } from '../../../src/engine/store/storeFile.ts';
import { PoolLedger } from '../../../src/engine/store/tables/poolLedger.ts';
import { describeLedger } from '../../support/budgetLedgers.ts';
import { storedWorkspace } from '../../support/storedStores.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const owner = (pid: number, alive: boolean | null = true, host = 'here'): Owner => ({
  pid,
  host,
  started: `start of ${pid}`,
  alive: () => alive,
});

describeLedger('in the store', () => {
  const folder = temporaryFolder();
  const ledger = PoolLedger.open(storePath(folder), owner(1));
  return {
    ledger,
    close: () => {
      ledger.close();
    },
  };
});

describe('budget ledger of several processes', () => {
  const NOW = 1_800_000_000_000;
  const LIMIT = { tokensPerHour: 1000 };
  let folder: string;
  const ledgers: PoolLedger[] = [];

  beforeEach(() => {
    folder = temporaryFolder();
  });

  afterEach(() => {
    for (const ledger of ledgers.splice(0)) ledger.close();
  });

  function open(of: Owner): PoolLedger {
    const ledger = PoolLedger.open(storePath(folder), of);
    ledgers.push(ledger);
    return ledger;
  }

  const reserve = (ledger: PoolLedger, tokens: number, now = NOW) =>
    ledger.reserve('judge', { tokens, costUsd: null }, LIMIT, now, now + 600_000);

  it('is one budget', () => {
    const [first, second] = [open(owner(1)), open(owner(2))];
    const decision = reserve(first, 900);
    assert.equal(reserve(second, 101).granted, false);
    assert.equal(reserve(second, 100).granted, true);
    if (decision.granted) first.settle(decision.reservation, { tokens: 5, costUsd: null }, NOW);
    assert.deepEqual(second.used('judge', NOW).tokens, { used: 5, reserved: 100 });
  });

  it('settles nobody else’s reservation', () => {
    const [first, second] = [open(owner(1)), open(owner(2))];
    const decision = reserve(first, 900);
    if (decision.granted) second.settle(decision.reservation, { tokens: 0, costUsd: 0 }, NOW);
    assert.deepEqual(second.used('judge', NOW).tokens, { used: 0, reserved: 900 });
  });

  it('takes a reservation whose number is given again for another one', () => {
    const ledger = open(owner(1));
    const old = reserve(ledger, 1000);
    const later = NOW + 3 * 3_600_000;
    assert.equal(reserve(ledger, 1000, later).granted, true);
    if (old.granted) ledger.settle(old.reservation, { tokens: 0, costUsd: 0 }, later);
    assert.deepEqual(ledger.used('judge', later).tokens, { used: 0, reserved: 1000 });
  });

  it('counts what a killed process had reserved as used, at once', () => {
    reserve(open(owner(1)), 900);
    const ledger = open(owner(2, false));
    assert.deepEqual(ledger.used('judge', NOW).tokens, { used: 900, reserved: 0 });
    const decision = reserve(ledger, 101);
    assert.deepEqual(!decision.granted && decision.refusal, {
      kind: 'spent',
      limit: 'tokensPerHour',
      until: NOW + 60_000 + 3_600_000,
      mayFit: false,
    });
    assert.equal(reserve(ledger, 1000, NOW + 60_000 + 3_600_000).granted, true);
  });

  it('knows itself, and a process of the same number that came before', () => {
    const asked: (number | string | null)[][] = [];
    const self = (started: string | null): Owner => ({
      pid: 1,
      host: 'here',
      started,
      alive: (...given) => {
        asked.push(given);
        return false;
      },
    });
    const before = open(self('yesterday'));
    reserve(before, 100);
    reserve(open(self(null)), 200);
    assert.deepEqual(open(self('yesterday')).used('judge', NOW).tokens, { used: 200, reserved: 100 });
    assert.deepEqual(asked, [[1, null]]);
    assert.deepEqual(open(self('today')).used('judge', NOW).tokens, { used: 300, reserved: 0 });
    assert.deepEqual(asked.slice(1), [
      [1, 'yesterday'],
      [1, null],
    ]);
  });

  for (const [what, of] of [
    ['that lives', owner(2, true)],
    ['that cannot be seen', owner(2, null)],
    ['of another host', owner(2, false, 'there')],
  ] as const)
    it(`waits for the calls of a process ${what}, until they must have ended`, () => {
      reserve(open(owner(1)), 900);
      const ledger = open(of);
      const decision = reserve(ledger, 500);
      assert.equal(!decision.granted && decision.refusal.kind === 'spent' && decision.refusal.mayFit, true);
      assert.deepEqual(ledger.used('judge', NOW).tokens, { used: 0, reserved: 900 });
      assert.deepEqual(ledger.used('judge', NOW + 600_000).tokens, { used: 900, reserved: 0 });
    });

  it('holds nothing for ever that was reserved before a clock was set back', () => {
    const HOUR = 3_600_000;
    const [before, after] = [open(owner(1)), open(owner(2))];
    assert.equal(reserve(before, 900, NOW + 24 * HOUR).granted, true);
    assert.equal(reserve(after, 200, NOW).granted, false, 'it counts as used now');
    assert.deepEqual(after.used('judge', NOW).tokens, { used: 900, reserved: 0 });
    assert.equal(reserve(after, 200, NOW + 62 * 60_000).granted, true);
  });

  it('outlives its processes', () => {
    const first = open(owner(1));
    const decision = reserve(first, 900);
    if (decision.granted) first.settle(decision.reservation, { tokens: 700, costUsd: null }, NOW);
    first.close();
    assert.deepEqual(open(owner(2)).used('judge', NOW).tokens, { used: 700, reserved: 0 });
  });

  it('is empty in a store of an earlier version that is only read', () => {
    const { file } = storedWorkspace(4);
    const connection = new Connection(file, RUN_STORE, 'read');
    const ledger = new PoolLedger(connection, owner(1));
    assert.deepEqual(ledger.used('judge', NOW).tokens, { used: 0, reserved: 0 });
    ledger.close();
    assert.throws(() => ledger.used('judge', NOW));
  });

  it('keeps the table small', () => {
    const ledger = open(owner(1));
    for (let minute = 0; minute < 200; minute += 1) {
      const now = NOW + minute * 60_000;
      const decision = reserve(ledger, 10, now);
      if (decision.granted) ledger.settle(decision.reservation, { tokens: 10, costUsd: null }, now);
    }

    const database = new DatabaseSync(storePath(folder), { readOnly: true });
    const rows = database.prepare('SELECT minute FROM pool_minutes').all();
    database.close();
    assert.equal(rows.length, 61);
  });
});
