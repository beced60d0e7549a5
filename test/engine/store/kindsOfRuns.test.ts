import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { budgetsFor } from '../../../src/engine/cost/budgets/budgetLedger.ts';
import { CallHistory } from '../../../src/engine/cost/callHistory.ts';
import { dearestTrial } from '../../../src/engine/cost/spent.ts';
import type { RunPlan } from '../../../src/engine/model/run.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { complete, plan, trialResult } from '../../support/runFixtures.ts';

describe('evaluations, their parts, and comparisons', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(':memory:');
    add('whole', 1, 0.01, {});
    add('part', 2, 0.02, { partOf: 'whole' });
    add('compared', 3, 0.03, { comparison: { baseline: 'HEAD', candidate: 'working tree' } });
  });
  afterEach(() => store.close());

  function add(id: string, at: number, costUsd: number, more: Partial<RunPlan>): void {
    store.createRun({
      id,
      plan: { ...plan({ cases: 1 }), ...more },
      createdAt: at,
      traceId: at.toString().repeat(32),
    });
    const output = complete('text', { costUsd, latencyMs: 1000 * at });
    const results = [trialResult({ output })];
    store.append(id, { results, cases: [], spans: [], logs: [] }, { now: at, elapsedMs: 1 });
  }

  const ids = (runs: { id: string }[]) => runs.map(({ id }) => id);

  it('stand in lists of their own', () => {
    assert.deepEqual(ids(store.evaluations()), ['whole']);
    assert.deepEqual(ids(store.comparisons()), ['compared']);
    assert.deepEqual(ids(store.listRuns()), ['compared', 'part', 'whole']);
  });

  it('are told apart by what estimates from past calls', () => {
    const past = CallHistory.read(store, 'fixture').target('a');
    assert.deepEqual([past.latencyMs, past.costUsd], [[1000], [0.01]]);
  });

  it('are told apart by what a limit takes for the dearest trial', () => {
    add('next', 4, 0, {});
    assert.equal(dearestTrial(store, store.getRun('next')), 0.01);
  });

  it('are told apart by token budgets, whose loans come from the last evaluation', () => {
    const read: string[] = [];
    const watched = {
      evaluations: () => store.evaluations(),
      results: (id: string) => {
        read.push(id);
        return store.results(id);
      },
      budgets: store.budgets,
    };
    add('next', 4, 0, {});
    budgetsFor(watched, store.getRun('next'));
    assert.deepEqual(read, ['whole']);
  });

  it('are found by their id, each of them', () => {
    assert.equal(store.lookUp('part')?.plan.partOf, 'whole');
    assert.equal(store.lookUp('other'), undefined);
  });
});
