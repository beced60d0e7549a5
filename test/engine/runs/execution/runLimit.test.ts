import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { SpendingLimit } from '../../../../src/engine/cost/spendingLimit.ts';
import { dearestTrial } from '../../../../src/engine/cost/spent.ts';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import type { RunInputs } from '../../../../src/engine/runs/execution/runInputs.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import type { Target } from '../../../../src/engine/targets/target.ts';
import {
  createRun,
  execute as executeIn,
  numberedCases,
  RUN,
  runInputs,
} from '../../../support/runExecution.ts';
import { type Reply, scriptedTarget } from '../../../support/scriptedTarget.ts';

/** Every call costs a dollar, and takes a turn of the event loop. */
const aDollar: Reply = async ({ case: entry }) => {
  await new Promise((resolve) => setImmediate(resolve));
  return { ...emptyOutput(), status: 'complete', text: entry.id, costUsd: 1 };
};

function evaluator(compares: boolean): Evaluator {
  return {
    spec: { type: 'equals', name: 'names case', negated: false, options: {}, weight: 1 },
    stage: 'heuristic',
    ...(compares ? { compares: true } : {}),
    evaluate: ({ case: entry, output }) => {
      const pass = output.text === entry.id;
      return { status: 'scored', score: pass ? 1 : 0, pass, reason: output.text };
    },
  };
}

function inputsFor(targets: readonly Target[], cases: number, compares = false): RunInputs {
  return runInputs(targets, numberedCases(cases), { evaluators: [evaluator(compares)], concurrency: 2 });
}

describe('a run with a spending limit', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(':memory:');
  });
  afterEach(() => store.close());

  function execute(inputs: RunInputs, perRun: number) {
    createRun(store, inputs);
    const run = store.getRun(RUN);
    const limit = new SpendingLimit({
      limits: { perRun },
      plan: run.plan,
      ledger: store.ledger,
      clock: systemClock,
      dearestUsd: dearestTrial(store, run),
      mostOfTrial: () => null,
    });
    return executeIn(store, inputs, { limit });
  }

  for (const compares of [false, true]) {
    it(`stops within it, stores all that was paid for, and goes on (${compares ? 'compared' : 'plain'})`, async () => {
      const targets = [scriptedTarget('a', aDollar), scriptedTarget('b', aDollar)];
      const inputs = inputsFor(targets, 20, compares);
      const calls = (): number => targets.reduce((sum, target) => sum + target.calls.length, 0);

      assert.equal(await execute(inputs, 10), 'interrupted');
      const { status } = store.getRun(RUN);
      assert.ok(status.state === 'interrupted' && status.reason?.includes('$10.00'), JSON.stringify(status));
      assert.ok(calls() <= 10 && calls() >= 6, `${calls()} calls`);
      const pending = Array.from({ length: 20 }, (_, index) => store.pendingOutputs(RUN, index).length);
      const kept = [...store.results(RUN)].length + pending.reduce((sum, count) => sum + count, 0);
      assert.equal(kept, calls());

      assert.equal(await execute(inputs, 1000), 'complete');
      assert.equal(calls(), 40);
      assert.equal([...store.results(RUN)].filter(({ status }) => status === 'passed').length, 40);
      assert.equal(store.getRun(RUN).status.state, 'complete');
    });
  }

  it('is complete when the limit is reached by its last trial', async () => {
    const inputs = inputsFor([scriptedTarget('a', aDollar)], 4);
    assert.equal(await execute(inputs, 4), 'complete');
    assert.equal(store.getRun(RUN).status.state, 'complete');
  });

  it('calls nobody when the limit is reached before it begins', async () => {
    const target = scriptedTarget('a', aDollar);
    const inputs = inputsFor([target], 20);
    assert.equal(await execute(inputs, 5), 'interrupted');
    const before = target.calls.length;
    assert.equal(await execute(inputs, 5), 'interrupted');
    assert.equal(target.calls.length, before);
  });
});
