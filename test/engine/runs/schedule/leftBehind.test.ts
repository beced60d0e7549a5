import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { type Clock, systemClock } from '../../../../src/engine/ports.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import {
  execute,
  numberedCases,
  RUN,
  type RunInputsOptions,
  runInputs,
} from '../../../support/runExecution.ts';
import { type Reply, sayId, scriptedTarget } from '../../../support/scriptedTarget.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

/** Patience is over soon. */
const impatient: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 5), signal),
};

describe('a run in which one target does not get on', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(path.join(temporaryFolder(), 'touchstone.db'));
  });
  afterEach(() => store.close());

  /** A target that answers once `open` was called. */
  function held(name: string, lane = name) {
    const gate = Promise.withResolvers<void>();
    let underWay = 0;
    let most = 0;
    const reply: Reply = async (request, context) => {
      underWay += 1;
      most = Math.max(most, underWay);
      await gate.promise;
      underWay -= 1;
      return sayId(request, context);
    };
    return { target: { ...scriptedTarget(name, reply), lane }, open: gate.resolve, most: () => most };
  }

  /** A target that calls `then` when it has answered so often. */
  function counted(name: string, count: number, then: () => void, lane = name) {
    const scripted = scriptedTarget(name, async (request, context) => {
      const output = await sayId(request, context);
      if (scripted.calls.length === count) then();
      return output;
    });
    return Object.assign(scripted, { lane });
  }

  const results = () => [...store.storedKeys(RUN)].length;
  const run = (targets: Parameters<typeof runInputs>[0], options: Partial<RunInputsOptions> = {}) =>
    execute(store, runInputs(targets, numberedCases(40), { evaluators: [], concurrency: 2, ...options }), {
      clock: impatient,
    });

  it('goes on with all cases of the others, holds only a few of its own, and leaves none out', async () => {
    const slow = held('slow');
    const well = counted('well', 40, () => {
      assert.ok(slow.target.calls.length <= 2);
      slow.open();
    });
    assert.equal(await run([slow.target, well]), 'complete');
    assert.deepEqual([results(), slow.target.calls.length, well.calls.length], [80, 40, 40]);
  });

  it('leaves the others of its lane their places', async () => {
    const slow = held('slow', 'shared');
    const well = counted('well', 40, slow.open, 'shared');
    assert.equal(await run([slow.target, well], { concurrency: 4 }), 'complete');
    assert.equal(results(), 80);
    assert.equal(slow.most(), 4, 'all places are its own when nobody else needs them');
  });

  it('still has both answers of a case that compares targets, once it gets on', async () => {
    const compares: Evaluator = {
      spec: { type: 'compare', name: 'compare', negated: false, options: {}, weight: 1 },
      stage: 'heuristic',
      compares: true,
      evaluate: async ({ others }) => ({
        status: 'scored',
        score: 1,
        pass: others?.length === 1,
        reason: 'both',
      }),
    };
    const slow = held('slow');
    const well = counted('well', 20, slow.open);
    const inputs = runInputs([slow.target, well], numberedCases(40), { evaluators: [], concurrency: 2 });
    const evaluatorsFor = ({ index }: { index: number }) => (index === 20 ? [compares] : []);
    assert.equal(await execute(store, { ...inputs, evaluatorsFor }, { clock: impatient }), 'complete');
    assert.deepEqual([results(), slow.target.calls.length, well.calls.length], [80, 40, 40]);
    assert.deepEqual(
      store.resultsAt(RUN, 20).map(({ status }) => status),
      ['passed', 'passed'],
    );
  });

  it('ends where its source cannot be read a second time', async () => {
    const slow = held('slow');
    const well = counted('well', 40, slow.open);
    const inputs = runInputs([slow.target, well], numberedCases(40), { evaluators: [], concurrency: 2 });
    let read = 0;
    const source: typeof inputs.source = {
      batches: (options) => {
        read += 1;
        if (read > 1) throw new Error('the dataset is gone');
        return inputs.source.batches(options);
      },
    };
    await assert.rejects(execute(store, { ...inputs, source }, { clock: impatient }), /the dataset is gone/);
  });

  it('stops with the others when a person stops it', async () => {
    const slow = held('slow');
    const abort = new AbortController();
    const well = counted('well', 40, () => {
      abort.abort();
      slow.open();
    });
    const inputs = runInputs([slow.target, well], numberedCases(40), { evaluators: [], concurrency: 2 });
    assert.equal(await execute(store, inputs, { clock: impatient, signal: abort.signal }), 'interrupted');
    assert.ok(slow.target.calls.length <= 3);
  });
});
