import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { execute, numberedCases, RUN, runInputs } from '../../../support/runExecution.ts';
import { type Reply, sayId, scriptedTarget } from '../../../support/scriptedTarget.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const judgeSpec = { type: 'judge', name: 'judge', negated: false, options: {}, weight: 1 };

/** Whoever asks is refused until `open`; says how often a call was let through. */
function gate(by: Rejected['by'], inMs: number | null = 60_000) {
  const state = { open: false, passed: 0 };
  const pass = () => {
    const until = inMs === null ? undefined : systemClock.monotonic() + inMs;
    if (!state.open) throw new Rejected(by, 'p: the circuit breaker is open', until, { of: 'p' });
    state.passed += 1;
  };
  return { state, pass };
}

function judgeBehind(pass: () => void): Evaluator {
  return {
    spec: judgeSpec,
    stage: 'judge',
    evaluate: async () => {
      pass();
      return { status: 'scored', score: 1, pass: true, reason: 'fine' };
    },
  };
}

describe('a run whose calls are refused by our own policies', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(path.join(temporaryFolder(), 'touchstone.db'));
  });
  afterEach(() => store.close());

  const stored = () => [...store.storedKeys(RUN)].length;
  const statusOf = () => store.getRun(RUN).status;

  it('leaves out what was refused, goes on elsewhere, and says when to continue', async () => {
    const { state, pass } = gate('breaker');
    const gone: Reply = (request, context) => {
      pass();
      return sayId(request, context);
    };
    const [dead, well] = [scriptedTarget('dead', gone), scriptedTarget('well', sayId)];
    const inputs = runInputs([dead, well], numberedCases(30), { evaluators: [], concurrency: 2 });

    assert.equal(await execute(store, inputs), 'interrupted');
    assert.equal(stored(), 30, 'all of the other target, and no errors');
    assert.ok(dead.calls.length <= 4, 'it is not asked again and again');
    const status = statusOf();
    assert.ok(status.state === 'interrupted');
    assert.match(
      status.reason ?? '',
      /^p: the circuit breaker is open; continue after \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
    );

    state.open = true;
    assert.equal(await execute(store, inputs), 'complete');
    assert.equal(stored(), 60);
    assert.equal(well.calls.length, 30, 'nothing is asked twice');
  });

  it('keeps an answer that cannot be judged, and judges it later without asking for it again', async () => {
    const { state, pass } = gate('budget', null);
    const target = scriptedTarget('a', sayId);
    const inputs = runInputs([target], numberedCases(12), { evaluators: [judgeBehind(pass)] });

    assert.equal(await execute(store, inputs), 'interrupted');
    assert.deepEqual([stored(), target.calls.length], [0, 12]);
    const status = statusOf();
    assert.equal(status.state === 'interrupted' && status.reason, 'p: the circuit breaker is open');

    assert.equal(await execute(store, inputs), 'interrupted');
    state.open = true;
    assert.equal(await execute(store, inputs), 'complete');
    assert.deepEqual([stored(), target.calls.length, state.passed], [12, 12, 12]);
    assert.deepEqual(store.pendingOutputs(RUN, 0), []);
  });

  it('lets the others of a full bulkhead pass', async () => {
    let asked = 0;
    const { pass } = gate('bulkhead', null);
    const target = scriptedTarget('a', (request, context) => {
      asked += 1;
      if (asked === 1) pass();
      return sayId(request, context);
    });
    const inputs = runInputs([target], numberedCases(10), { evaluators: [] });
    assert.equal(await execute(store, inputs), 'interrupted');
    assert.equal(stored(), 9);
    assert.equal(await execute(store, inputs), 'complete');
    assert.equal(target.calls.length, 11);
  });
});
