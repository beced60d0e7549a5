import assert from 'node:assert/strict';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { createFence } from '../../../../src/engine/evaluators/judge/fence.ts';
import { callJudge } from '../../../../src/engine/evaluators/judge/judgeCall.ts';
import { spendingOf } from '../../../../src/engine/evaluators/judge/spending.ts';
import { Redactor } from '../../../../src/engine/http/redactor.ts';
import { wholeClient } from '../../../../src/engine/models/clientForms.ts';
import type { ModelReply } from '../../../../src/engine/models/modelClient.ts';
import { systemClock } from '../../../../src/engine/ports.ts';
import { Rejected } from '../../../../src/engine/resilience/policy.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { execute, numberedCases, RUN, runInputs } from '../../../support/runExecution.ts';
import { type Reply, sayId, scriptedTarget } from '../../../support/scriptedTarget.ts';
import { temporaryFolder } from '../../../support/temporaryFolder.ts';
import { countingRandom } from '../../models/manualClock.ts';

const judgeSpec = { type: 'judge', name: 'judge', negated: false, options: {}, weight: 1 };

const EMPTY_REPLY: ModelReply = {
  status: 'complete',
  finishReason: 'stop',
  text: '',
  toolCalls: [],
  usage: null,
  costUsd: null,
  model: 'judge',
  responseId: null,
  latencyMs: 1,
  firstTokenMs: null,
};

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

  describe('keeps what judges have answered where another one is refused', () => {
    /** A judge that answers a moment later, when the other one has been refused; counts its calls, which cost a cent. */
    function paidJudge(compares = false) {
      const asked = { calls: 0 };
      const random = countingRandom();
      const reply = async (): Promise<ModelReply> => {
        asked.calls += 1;
        await new Promise((resolve) => setTimeout(resolve, 5));
        return { ...EMPTY_REPLY, text: `verdict key-canary ${asked.calls}`, costUsd: 0.01 };
      };
      const client = wholeClient({ provider: 'p', model: 'judge' }, reply);
      const evaluator: Evaluator = {
        spec: { ...judgeSpec, name: 'paid' },
        stage: 'judge',
        compares,
        evaluate: async ({ output }, context) => {
          // As every judge does: the numbers of its fences are others each time.
          const fence = createFence(random, [output.text]);
          const content = `${fence.notice} ${fence.wrap('output', output.text)}`;
          const called = await callJudge(client, { messages: [{ role: 'user', content }] }, context);
          const reason = called.status === 'replied' ? called.reply.text : called.reason;
          return { status: 'scored', score: 1, pass: true, reason, ...spendingOf(called.calls) };
        },
      };
      return { asked, evaluator };
    }

    for (const compares of [false, true])
      it(`in a suite that ${compares ? 'compares' : 'does not compare'} its targets`, async () => {
        const { state, pass } = gate('budget', null);
        const paid = paidJudge(compares);
        const refusing = judgeBehind(pass);
        const targets = [scriptedTarget('a', sayId), scriptedTarget('b', sayId)];
        const evaluators = [paid.evaluator, refusing];
        const redactor = new Redactor();
        redactor.learn(['key-canary']);
        const inputs = { ...runInputs(targets, numberedCases(5), { evaluators }), redactor };

        assert.equal(await execute(store, inputs), 'interrupted');
        const first = paid.asked.calls;
        assert.equal(first, compares ? 5 : 10, 'beside each other, the first refusal ends it');
        const kept = store.pendingOutputs(RUN, 0);
        assert.equal(JSON.stringify(kept).includes('key-canary'), false);
        assert.equal(kept.filter(({ judged }) => judged?.[0]?.costUsd === 0.01).length, compares ? 1 : 2);

        assert.equal(await execute(store, inputs), 'interrupted');
        assert.equal(paid.asked.calls, first, 'nothing is asked again before the other judge answers');

        state.open = true;
        assert.equal(await execute(store, inputs), 'complete');
        assert.equal(paid.asked.calls, 10);
        const results = [...store.results(RUN)];
        assert.equal(results.length, 10);
        for (const { evaluations } of results) {
          const [one] = evaluations;
          assert.ok(one?.status === 'scored');
          assert.equal(one.costUsd, 0.01, 'what was paid before counts');
        }
      });
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
