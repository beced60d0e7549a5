import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { emptyOutput, type Output } from '../../../../src/engine/model/output.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import { DoubtfulResults } from '../../../../src/engine/runs/execution/doubtfulResults.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { execute, numberedCases, RUN, runInputs } from '../../../support/runExecution.ts';
import { located, trialResult } from '../../../support/runFixtures.ts';
import { type Reply, sayId, scriptedTarget } from '../../../support/scriptedTarget.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';

const failure = (code: string, transient: boolean): Output => ({
  ...emptyOutput(),
  status: 'error',
  error: { code, message: 'no', transient },
});
const refusal = (by: Rejected['by']) => {
  throw new Rejected(by, 'p: no calls', systemClock.monotonic() + 60_000, { of: 'p' });
};

describe('failures right before a run stops', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(path.join(temporaryFolder(), 'touchstone.db'));
  });
  afterEach(() => store.close());

  const errored = () =>
    [...Array(12).keys()].filter((at) => store.resultsAt(RUN, at)[0]?.output.status === 'error');
  const stored = () => [...store.storedKeys(RUN)].map(({ caseIndex }) => caseIndex).sort((a, b) => a - b);

  /** Twelve cases one after the other; what each call brings, and `sayId` when all that is over. */
  async function run(script: (Output | 'ok' | Rejected['by'])[], concurrency = 1) {
    let made = 0;
    const reply: Reply = async (request, context) => {
      const step = script[made++] ?? 'ok';
      // The wall clock counts in milliseconds.
      await systemClock.sleep(2);
      if (step === 'ok') return sayId(request, context);
      return typeof step === 'string' ? refusal(step) : step;
    };
    const target = scriptedTarget('a', reply);
    const inputs = runInputs([target], numberedCases(12), { evaluators: [], concurrency });
    return { target, again: () => execute(store, inputs), outcome: await execute(store, inputs) };
  }

  const down = failure('server', true);

  for (const by of ['breaker', 'pace'] as const)
    it(`are made again where the provider is gone, and not those before it last answered (${by})`, async () => {
      const { again, target, outcome } = await run(['ok', down, 'ok', down, down, by]);
      assert.equal(outcome, 'interrupted');
      assert.deepEqual([stored(), errored()], [[0, 1, 2], [1]]);
      assert.equal(await again(), 'complete');
      assert.deepEqual([stored().length, errored()], [12, [1]]);
      assert.equal(target.calls.length, 6 + 9);
    });

  it('are results where something else than the provider stopped the run', async () => {
    const { again, outcome } = await run(['ok', down, down, 'budget']);
    assert.equal(outcome, 'interrupted');
    assert.deepEqual(errored(), [1, 2]);
    assert.equal(await again(), 'complete');
    assert.deepEqual(errored(), [1, 2]);
  });

  it('are results where the run comes to its end', async () => {
    const { outcome } = await run([...Array<'ok'>(10).fill('ok'), down, down]);
    assert.equal(outcome, 'complete');
    assert.deepEqual(errored(), [10, 11]);
  });

  it('are results where they are the own errors of the target, which also shows that it is there', async () => {
    const { outcome } = await run([down, failure('bad-request', false), down, 'breaker']);
    assert.equal(outcome, 'interrupted');
    assert.deepEqual(errored(), [0, 1]);
  });

  it('are held back in a bounded number', async () => {
    const target = scriptedTarget('a', async () => (target.calls.length > 100 ? refusal('breaker') : down));
    const inputs = runInputs([target], numberedCases(300), { evaluators: [], concurrency: 1 });
    assert.equal(await execute(store, inputs), 'interrupted');
    assert.deepEqual(stored(), [...Array(36).keys()]);
  });

  it('cost what they are likely to have cost, once, and nobody waits for it', async () => {
    const given: string[] = [];
    const target = scriptedTarget('a', async () => (target.calls.length > 2 ? refusal('breaker') : down));
    const inputs = runInputs([target], numberedCases(12), { evaluators: [], concurrency: 1 });
    const limit = {
      signal: new AbortController().signal,
      reason: undefined,
      open: () => {},
      admit: async () => true,
      stored: (results: readonly unknown[]) => assert.equal(results.length, 0),
      giveUp: ({ located }: { located: { index: number } }) => given.push(`given up ${located.index}`),
      release: ({ located }: { located: { index: number } }) => given.push(`released ${located.index}`),
    };
    assert.equal(await execute(store, inputs, { limit }), 'interrupted');
    assert.deepEqual(given, ['given up 0', 'given up 1', 'released 2']);
  });

  it('take along what read their outputs, and nothing that read those of earlier failures', () => {
    const kept: string[] = [];
    const doubtful = new DoubtfulResults({ now: () => 10 }, ({ caseId }) => void kept.push(caseId));
    const [entry] = located(numberedCases(1));
    assert(entry);
    const holds = (caseId: string, output: Output, startedAt = 5) =>
      doubtful.holds({ ...trialResult({ target: 'a' }), caseId, output, startedAt }, entry);
    assert.equal(holds('reads an earlier one', failure('earlier-case', false)), false);
    assert.equal(holds('down', down), true);
    assert.equal(holds('reads it', failure('earlier-case', false)), true);
    assert.equal(holds('fine', { ...emptyOutput(), status: 'complete' }, 9), false);
    assert.deepEqual(kept, [], 'it began before they ended');
    assert.equal(holds('later', { ...emptyOutput(), status: 'complete' }, 10), false);
    assert.deepEqual(kept, ['down', 'reads it']);
    assert.equal(holds('down again', down), true);
    doubtful.end(() => false);
    doubtful.end(() => false);
    assert.deepEqual(kept, ['down', 'reads it', 'down again']);
  });
});
