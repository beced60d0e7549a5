import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Evaluation } from '../../../src/engine/model/evaluation.ts';
import type { RunPlan } from '../../../src/engine/model/run.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const NOON = Date.UTC(2026, 10, 29, 12);

const judge: Evaluation = {
  ...{ status: 'scored', score: 1, pass: true, reason: '', name: 'rubric', type: 'rubric', stage: 'judge' },
  ...{ weight: 1, latencyMs: 1, costUsd: 0.25 },
};

describe('the ledger of a store', () => {
  let file: string;
  beforeEach(() => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, '.touchstone'));
    file = path.join(folder, '.touchstone', 'touchstone.db');
  });

  function addRun(store: RunStore, id: string, origin: RunPlan['origin'], startedAt: number): void {
    const planned = { ...plan(), ...(origin ? { origin } : {}) };
    store.createRun({ id, plan: planned, createdAt: startedAt, traceId: 'e'.repeat(32) });
    const results = [0, 1].map((caseIndex) => ({
      ...trialResult({ caseIndex, output: complete('', { costUsd: 1 }), evaluations: [judge] }),
      startedAt,
    }));
    const batch = { results, cases: [], spans: [], logs: [] };
    store.append(id, batch, { now: startedAt, elapsedMs: 0 });
    // Stored a second time, which changes nothing.
    store.append(id, batch, { now: startedAt, elapsedMs: 0 });
  }

  function fill(): void {
    const store = new RunStore(file);
    addRun(store, 'ordinary', undefined, NOON);
    addRun(store, 'yesterday', undefined, NOON - 86_400_000);
    addRun(store, 'replayed', { replay: true }, NOON);
    addRun(store, 'rejudged', { rejudge: 'ordinary' }, NOON);
    store.close();
  }

  function spent(access: 'write' | 'read', now: number): number | null {
    const store = new RunStore(file, { access });
    try {
      return store.ledger.spentOn(now);
    } finally {
      store.close();
    }
  }

  it('counts each stored result once: outputs and judges, judges alone, or nothing', () => {
    fill();
    // 2 × (1 + 0.25), and 2 × 0.25 for judging anew; a replay costs nothing.
    assert.equal(spent('write', NOON), 3);
    assert.equal(spent('read', NOON - 86_400_000), 2.5);
  });

  it('is made from the results of a store that had none', () => {
    fill();
    const old = new DatabaseSync(file);
    old.exec(
      'DROP TABLE spending; DROP TABLE reservations; DROP TABLE run_limits; DROP TABLE verdicts; DROP TABLE replies; DROP TABLE reply_sizes; DROP TABLE pool_minutes; DROP TABLE pool_reservations; DROP TABLE provider_health; PRAGMA user_version = 2',
    );
    old.close();
    assert.equal(spent('read', NOON), null, 'unknown until it is made');
    assert.equal(spent('write', NOON), 3);
    assert.equal(spent('write', NOON - 86_400_000), 2.5);
  });

  it('keeps the limit that a person gave a run', () => {
    const store = new RunStore(file);
    store.createRun({ id: 'r', plan: plan(), createdAt: NOON, traceId: 'e'.repeat(32) });
    assert.equal(store.ledger.limitOf('r'), undefined);
    store.ledger.keepLimit('r', 0.5);
    store.ledger.keepLimit('r', Number.POSITIVE_INFINITY);
    assert.equal(store.ledger.limitOf('r'), Number.POSITIVE_INFINITY);
    store.close();
  });

  describe('where a process died during a call', () => {
    const owner = { pid: 1, host: 'here', started: null, alive: () => false };
    const key = { target: 0, caseIndex: 0, trial: 0 };
    const amount = { mostUsd: 2, likelyUsd: 1, paid: false };
    const granted = () => ({ granted: true });
    const HOUR = 3_600_000;
    const stores: RunStore[] = [];
    afterEach(() => {
      for (const store of stores.splice(0)) store.close();
    });

    /** As another process would; what it spent is that of all. */
    function open(): RunStore {
      const store = new RunStore(file);
      stores.push(store);
      return store;
    }

    function begin(): RunStore {
      const store = open();
      store.createRun({ id: 'r', plan: plan(), createdAt: NOON, traceId: 'e'.repeat(32) });
      store.ledger.reserve(store.claim('r', owner, NOON), key, amount, NOON, granted);
      return store;
    }

    const result = { ...trialResult({ output: complete('', { costUsd: 0.5 }) }), startedAt: NOON };
    const batch = { results: [result], cases: [], spans: [], logs: [] };

    it('a call under way is not spent; one of a process that is silent, or of an earlier attempt, is', () => {
      const store = begin();
      assert.equal(store.ledger.spentOn(NOON), 0);
      assert.equal(store.ledger.spentOn(NOON + HOUR), 2);
      const next = open();
      next.claim('r', owner, NOON);
      assert.equal(next.ledger.spentOn(NOON), 2);
    });

    for (const { paid, spentUsd } of [
      { paid: false, spentUsd: 2.5 },
      { paid: true, spentUsd: 0.5 },
    ])
      it(`the same trial is paid for ${paid ? 'once where its answer was stored' : 'twice'}`, () => {
        begin();
        const store = open();
        const lease = store.claim('r', owner, NOON);
        store.ledger.reserve(lease, key, { ...amount, paid }, NOON, granted);
        store.append(lease, batch, { now: NOON, elapsedMs: 0 });
        assert.equal(store.ledger.spentOn(NOON), spentUsd);
      });

    it('what it reserved counts, too, where the run goes on without a limit', () => {
      begin();
      const store = open();
      store.append(store.claim('r', owner, NOON), batch, { now: NOON, elapsedMs: 0 });
      assert.equal(store.ledger.spentOn(NOON), 2.5);
    });
  });
});
