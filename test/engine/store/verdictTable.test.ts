import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readReport, verdictOf } from '../../../src/engine/readReport.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { touchstone } from '../../support/commandLine.ts';
import { plan, trialResult } from '../../support/runFixtures.ts';
import { storedWorkspace } from '../../support/storedStores.ts';

const owner = { pid: 1, host: 'here', started: null, alive: () => true };

function filled() {
  const store = new RunStore(':memory:');
  store.createRun({ id: 'r', plan: plan({ cases: 1 }), createdAt: 1, traceId: 'f' });
  const lease = store.claim('r', owner, 1);
  const results = [trialResult({ caseIndex: 0 })];
  store.append(lease, { results, cases: [], spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
  store.release(lease, 'complete', 2);
  return { store, verdict: verdictOf(readReport(store, 'r')) };
}

describe('the verdict of a run', () => {
  it('is stored with it, and the newest stands', () => {
    const { store, verdict } = filled();
    assert.equal(store.verdicts.of('r'), undefined);
    store.verdicts.save('r', verdict, 3);
    assert.deepEqual(store.verdicts.of('r'), verdict);
    assert.equal(verdict.passed, true);
    store.verdicts.save('r', { ...verdict, passed: false }, 4);
    assert.equal(store.verdicts.of('r')?.passed, false);
  });

  it('is forgotten when a case of it is run again, and goes with the run', () => {
    const { store, verdict } = filled();
    store.verdicts.save('r', verdict, 3);
    store.createRun({ id: 'other', plan: plan(), createdAt: 4, traceId: 'e' });
    assert.deepEqual(store.verdicts.of('r'), verdict);
    store.createRun({ id: 'part', plan: { ...plan(), partOf: 'r' }, createdAt: 5, traceId: 'd' });
    assert.equal(store.verdicts.of('r'), undefined);
    store.verdicts.save('r', verdict, 6);
    store.deleteRun('r', owner, 7);
    assert.equal(store.verdicts.of('r'), undefined);
  });

  it('of no run, or of one that is not complete, is not stored', () => {
    const { store, verdict } = filled();
    store.createRun({ id: 'begun', plan: plan(), createdAt: 1, traceId: 'b' });
    store.verdicts.save('begun', verdict, 3);
    assert.equal(store.verdicts.of('begun'), undefined);
    store.verdicts.save('none', verdict, 3);
    assert.equal(store.verdicts.of('none'), undefined);
  });

  it('is unknown in a store of an earlier format that is only read', () => {
    const { file } = storedWorkspace(3);
    const store = new RunStore(file, { access: 'read' });
    for (const { id } of store.listRuns()) assert.equal(store.verdicts.of(id), undefined);
    store.close();
  });

  it('is written by an evaluation that is complete', async function () {
    this.timeout(60_000);
    const { folder, file } = storedWorkspace(3);
    const { code } = await touchstone(folder, 'eval', '-s', 'greetings', '--no-progress');
    const store = new RunStore(file, { access: 'read' });
    const [newest] = store.evaluations(1);
    const verdict = store.verdicts.of(newest?.id ?? '');
    assert.deepEqual(verdict, verdictOf(readReport(store, newest?.id ?? '')));
    assert.equal(verdict?.passed, code === 0);
    assert.equal(verdict?.gate?.passed, verdict?.passed);
    store.close();
  });
});
