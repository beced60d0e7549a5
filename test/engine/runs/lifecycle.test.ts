import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { RunRecord, RunState } from '../../../src/engine/model/run.ts';
import { inTurn } from '../../../src/engine/runs/lifecycle/inTurn.ts';
import { presentRun } from '../../../src/engine/runs/lifecycle/presentRun.ts';
import { type RunEnd, runTurns } from '../../../src/engine/runs/lifecycle/runTurns.ts';
import { UnderWay } from '../../../src/engine/runs/lifecycle/underWay.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { plan } from '../../support/runFixtures.ts';

type Ends = RunEnd<{ outcome: 'complete' | 'interrupted' }>;

/** Runs that end as they are named; what happened, in order. */
function turns(signal: AbortSignal, stop: () => void) {
  const log: string[] = [];
  const work = runTurns<string, { outcome: 'complete' | 'interrupted' }>(
    {
      execute: async (name) => {
        log.push(`run ${name}`);
        if (name === 'breaks') throw new Error('broken');
        if (name === 'stopped') {
          stop();
          throw signal.reason;
        }
        return { outcome: name === 'interrupted' ? 'interrupted' : 'complete' };
      },
      close: async (name) => void log.push(`close ${name}`),
      ended: (name, { outcome }) => void log.push(`${name}: ${outcome}`),
    },
    signal,
  );
  return { log, work };
}

async function go(names: readonly string[], aborted = false): Promise<{ log: string[]; ends: Ends[] }> {
  const stop = new AbortController();
  if (aborted) stop.abort();
  const { log, work } = turns(stop.signal, () => stop.abort());
  return { ends: await inTurn(names, work, stop.signal), log };
}

describe('runs that were asked for together', () => {
  it('go one after the other while each comes to its end', async () => {
    const { log } = await go(['a', 'b']);
    assert.deepEqual(log, ['run a', 'a: complete', 'run b', 'b: complete']);
  });

  for (const last of ['breaks', 'interrupted', 'stopped'])
    it(`leave those behind one that ${last}, and close them`, async () => {
      const { log, ends } = await go(['a', last, 'c', 'd']);
      assert.deepEqual(log.slice(-4), ['close c', 'c: left', 'close d', 'd: left']);
      const outcome = last === 'breaks' ? 'failed' : last;
      assert.deepEqual(
        ends.map((end) => end.outcome),
        ['complete', outcome, 'left', 'left'],
      );
    });

  it('are all left where the person stopped before the first', async () => {
    const { log } = await go(['a', 'b'], true);
    assert.deepEqual(log, ['close a', 'a: left', 'close b', 'b: left']);
  });

  it('stop together by the id of any of them, and are waited for when all is closed', async () => {
    const underWay = new UnderWay<{ id: string }>();
    const ended: string[] = [];
    const begun = Promise.withResolvers<void>();
    const over = underWay.start([{ id: 'a' }, { id: 'b' }], (signal) => ({
      run: async ({ id }) => {
        begun.resolve();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        ended.push(`${id} stopped`);
      },
      leave: async ({ id }) => void ended.push(`${id} left`),
      goesOn: () => true,
    }));
    await begun.promise;
    assert.equal(underWay.cancel('other'), false);
    assert.equal(underWay.cancel('b'), true);
    await underWay.close();
    await over;
    assert.deepEqual(ended, ['a stopped', 'b left']);
    assert.equal(underWay.get('a'), undefined);
  });
});

describe('the state of a stored run', () => {
  const owner = (alive: boolean | null) => ({ pid: 1, host: 'here', started: null, alive: () => alive });
  const record = (status: RunState): RunRecord => ({
    id: 'r',
    plan: plan(),
    status,
    createdAt: 1,
    elapsedMs: 0,
    seenAt: null,
  });
  const running = { pid: 7, host: 'here', started: null, heartbeat: 1 };

  it('is planned until it is worked on for the first time', () => {
    const store = new RunStore(':memory:');
    store.createRun({ id: 'r', plan: plan(), createdAt: 1, traceId: '0'.repeat(32) });
    assert.deepEqual(store.getRun('r').status, { state: 'planned' });
    const lease = store.claim('r', owner(true), 1);
    assert.equal(store.getRun('r').status.state, 'running');
    store.release(lease, 'interrupted', 2, 'the limit was reached');
    assert.deepEqual(store.getRun('r').status, { state: 'interrupted', reason: 'the limit was reached' });
    store.close();
  });

  for (const [what, host, alive, state] of [
    ['whose process is dead', 'here', false, 'interrupted'],
    ['whose process lives', 'here', true, 'running'],
    ['of whose process nothing is known', 'here', null, 'running'],
    ['of another machine', 'elsewhere', false, 'running'],
  ] as const)
    it(`is ${state} for one ${what}`, () => {
      const run = record({ state: 'running', owner: { ...running, host } });
      assert.equal(presentRun(run, owner(alive)).status.state, state);
    });
});
