import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { SpendingLimits } from '../../../src/engine/cost/spendingDecision.ts';
import { SpendingLimit } from '../../../src/engine/cost/spendingLimit.ts';
import type { Evaluation } from '../../../src/engine/model/evaluation.ts';
import { emptyOutput } from '../../../src/engine/model/output.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import type { RunOrigin } from '../../../src/engine/model/run.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { RunStore } from '../../../src/engine/store/runStore.ts';
import { complete, plan as fixturePlan, located, trialResult } from '../../support/runFixtures.ts';

const NOON = Date.UTC(2026, 10, 29, 12);
const DAY = 24 * 60 * 60 * 1000;
const owner = { pid: 1, host: 'here', started: null, alive: () => true };
const signal = new AbortController().signal;

function judged(costUsd: number | null): Evaluation {
  return {
    status: 'scored',
    score: 1,
    pass: true,
    reason: '',
    name: 'rubric',
    type: 'rubric',
    stage: 'judge',
    weight: 1,
    latencyMs: 1,
    costUsd,
  };
}

describe('spending limit', () => {
  let store: RunStore;
  let now: number;
  beforeEach(() => {
    store = new RunStore(':memory:');
    now = NOON;
  });
  afterEach(() => store.close());

  /** A run whose trials cost what they are told to; `most` is what each may cost. */
  function begin(
    limits: SpendingLimits,
    {
      most = null as number | null,
      dearest = 0,
      id = 'run-1',
      origin = undefined as RunOrigin | undefined,
    } = {},
  ) {
    const plan = { ...fixturePlan(), ...(origin ? { origin } : {}) };
    if (store.runTraceId(id) === undefined)
      store.createRun({ id, plan, createdAt: now, traceId: 'e'.repeat(32) });
    const lease = store.claim(id, owner, now);
    const clock = { ...systemClock, now: () => now };
    const limit = new SpendingLimit({
      ...{ limits, plan, clock, ledger: store.ledger, dearestUsd: dearest },
      mostOfTrial: () => most,
    });
    limit.open(lease);
    let next = 0;
    return {
      limit,
      lease,
      wanted: (caseIndex = next++) => {
        const [, entry] = [0, located([{ id: `case-${caseIndex}`, input: '' }])[0]];
        assert.ok(entry);
        return { target: 'a', located: { ...entry, index: caseIndex }, trial: 0, paid: false };
      },
      store(caseIndex: number, more: Partial<TrialResult> | number | null) {
        const known =
          typeof more === 'number' || more === null ? { output: complete('', { costUsd: more }) } : more;
        const result = { ...trialResult({ caseIndex }), startedAt: now, ...known };
        store.append(lease, { results: [result], cases: [], spans: [], logs: [] }, { now, elapsedMs: 0 });
        limit.stored([result]);
      },
      release: () => store.release(lease, 'interrupted', now),
    };
  }

  type Begun = ReturnType<typeof begin>;

  async function spendAll(run: Begun, usd: number): Promise<number> {
    for (let trial = 0; trial < 1000; trial += 1) {
      if (!(await run.limit.admit(run.wanted(trial), signal))) return trial;
      run.store(trial, usd);
    }
    assert.fail('it never ended');
  }

  it('lets a run go on while the next trial still fits', async () => {
    const run = begin({ perRun: 1 });
    assert.equal(await spendAll(run, 0.2), 5);
    assert.match(run.limit.reason ?? '', /limit of \$1\.00 for a run is reached/);
  });

  it('lets as many begin at once as fit if each costs its most; the others wait for what is left over', async () => {
    const run = begin({ perRun: 1 }, { most: 0.3 });
    const begun: number[] = [];
    const all = Array.from({ length: 8 }, async (_, index) => {
      if (await run.limit.admit(run.wanted(index), signal)) begun.push(index);
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(begun, [0, 1, 2]);
    run.store(0, 0.01);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(begun, [0, 1, 2, 3]);
    for (let index = 1; index < 8; index += 1) {
      while (!begun.includes(index)) await new Promise((resolve) => setImmediate(resolve));
      run.store(index, 0.01);
    }
    await Promise.all(all);
    assert.equal(begun.length, 8);
    assert.equal(run.limit.reason, undefined);
  });

  it('lets the first call that nothing bounds go alone', async () => {
    const run = begin({ perRun: 1 });
    const second = Promise.withResolvers<boolean>();
    assert.equal(await run.limit.admit(run.wanted(0), signal), true);
    run.limit.admit(run.wanted(1), signal).then(second.resolve, second.reject);
    const still = new Promise((resolve) => setTimeout(resolve, 5, 'waits'));
    assert.equal(await Promise.race([second.promise, still]), 'waits');
    run.store(0, 5);
    assert.equal(await second.promise, false);
  });

  it('stops waiting when the run is cancelled', async () => {
    const run = begin({ perRun: 1 });
    await run.limit.admit(run.wanted(0), signal);
    const stop = new AbortController();
    const waits = run.limit.admit(run.wanted(1), stop.signal);
    stop.abort(new Error('cancelled'));
    await assert.rejects(waits, /cancelled/);
  });

  it('counts judges, and only them when outputs were paid for before', async () => {
    const result = { output: complete('text', { costUsd: 5 }), evaluations: [judged(0.4)] };
    const both = begin({ perRun: 5.4 });
    await both.limit.admit(both.wanted(0), signal);
    both.store(0, result);
    assert.equal(await both.limit.admit(both.wanted(1), signal), false);
    assert.match(both.limit.reason ?? '', /\$5\.40/);

    const judges = begin({ perRun: 5 }, { id: 'run-2', origin: { rejudge: 'run-1' } });
    await judges.limit.admit(judges.wanted(0), signal);
    judges.store(0, result);
    assert.equal(await judges.limit.admit(judges.wanted(1), signal), true);
  });

  it('ends a run whose cost is unknown: such a limit cannot be kept', async () => {
    const run = begin({ perRun: 100 });
    await run.limit.admit(run.wanted(0), signal);
    run.store(0, null);
    assert.match(run.limit.reason ?? '', /the cost of a is unknown.*report one of them/);
    const judge = begin({ perRun: 100 }, { id: 'run-2' });
    await judge.limit.admit(judge.wanted(0), signal);
    judge.store(0, { evaluations: [judged(null)] });
    assert.match(judge.limit.reason ?? '', /the judge rubric/);
  });

  it('reckons a failed call like the dearest, since it may have been billed', async () => {
    const run = begin({ perRun: 1.2 });
    await run.limit.admit(run.wanted(0), signal);
    run.store(0, 0.4);
    await run.limit.admit(run.wanted(1), signal);
    const error = { code: 'network', message: 'gone', transient: true };
    run.store(1, { status: 'errored', output: { ...emptyOutput(), status: 'error', error } });
    assert.ok(Math.abs((store.ledger.spentOn(now) ?? 0) - 0.8) < 1e-9);
    await run.limit.admit(run.wanted(2), signal);
    run.limit.giveUp(run.wanted(2));
    assert.equal(await run.limit.admit(run.wanted(3), signal), false);
    assert.match(run.limit.reason ?? '', /is reached \(\$1\.20/);
  });

  it('does not begin a trial that is known to be too dear', async () => {
    const run = begin({ perRun: 0.01 }, { most: 0.0031, dearest: 0.08 });
    assert.equal(await run.limit.admit(run.wanted(0), signal), false);
    assert.match(run.limit.reason ?? '', /could exceed/);
  });

  it('holds several runs of a day together, also over processes and past their ends', async () => {
    const first = begin({ perDay: 2 }, { most: 0.5 });
    const second = begin({ perDay: 2 }, { most: 0.5, id: 'run-2' });
    for (const [run, index] of [
      [first, 0],
      [second, 0],
      [first, 1],
      [second, 1],
    ] as const)
      assert.equal(await run.limit.admit(run.wanted(index), signal), true);
    const waits = second.limit.admit(second.wanted(2), signal);
    for (const run of [first, second]) for (const index of [0, 1]) run.store(index, 0.5);
    assert.equal(await waits, false);
    assert.match(second.limit.reason ?? '', /for a day is reached \(\$2\.00/);
    first.release();
    const third = begin({ perDay: 2 }, { id: 'run-3' });
    assert.equal(await third.limit.admit(third.wanted(0), signal), false);
  });

  it('turns with the day (UTC), in the middle of a run', async () => {
    const run = begin({ perDay: 1 }, { most: 0.5 });
    for (const index of [0, 1]) {
      await run.limit.admit(run.wanted(index), signal);
      run.store(index, 0.5);
    }
    assert.equal(store.ledger.spentOn(now), 1);
    now += DAY;
    assert.equal(store.ledger.spentOn(now), 0);
    store.append(run.lease, { results: [], cases: [], spans: [], logs: [] }, { now, elapsedMs: 0 });
    assert.equal(await run.limit.admit(run.wanted(2), signal), true);
    assert.equal(run.limit.reason, undefined);
  });

  it('counts calls whose process died at their most, once, and again what repeats them', async () => {
    const killed = begin({ perRun: 1 }, { most: 0.3 });
    for (const index of [0, 1, 2]) assert.equal(await killed.limit.admit(killed.wanted(index), signal), true);
    killed.release();
    assert.ok(Math.abs((store.ledger.spentOn(now) ?? 0) - 0.9) < 1e-9);

    const again = begin({ perRun: 1 }, { most: 0.1 });
    assert.equal(await again.limit.admit(again.wanted(0), signal), true);
    again.store(0, 0.05);
    assert.ok(Math.abs((store.ledger.spentOn(now) ?? 0) - 0.95) < 1e-9);
  });

  it('keeps what was spent when a run is deleted', async () => {
    const run = begin({ perDay: 1 });
    await run.limit.admit(run.wanted(0), signal);
    run.store(0, 0.75);
    run.release();
    store.deleteRun('run-1', owner, now);
    assert.equal(store.ledger.spentOn(now), 0.75);
    const other = begin({ perRun: 1 }, { id: 'run-2' });
    await other.limit.admit(other.wanted(0), signal);
    assert.equal(other.limit.reason, undefined, 'it is not the new run’s');
  });
});
