import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Evaluation } from '../../../src/engine/model/evaluation.ts';
import type { RunPlan } from '../../../src/engine/model/run.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { temporaryFolder } from '../../support/commandLine.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';

const NOON = Date.UTC(2026, 10, 29, 12);

const judge: Evaluation = {
  ...{ status: 'scored', score: 1, pass: true, reason: '', name: 'rubric', type: 'rubric', stage: 'judge' },
  ...{ weight: 1, latencyMs: 1, costUsd: 0.25 },
};

describe('the ledger of a store', () => {
  let made: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    made = temporaryFolder();
    mkdirSync(path.join(made.folder, '.touchstone'));
    file = path.join(made.folder, '.touchstone', 'touchstone.db');
  });
  afterEach(() => made.dispose());

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
    old.exec('DROP TABLE spending; DROP TABLE reservations; DROP TABLE run_limits; PRAGMA user_version = 2');
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
});
