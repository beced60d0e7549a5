import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { EvaluationInput, Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import type { ExecuteOptions } from '../../../../src/engine/runs/execution/executeRun.ts';
import type { RunInputs } from '../../../../src/engine/runs/execution/runInputs.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import type { Target } from '../../../../src/engine/targets/target.ts';
import { execute as executeIn, numberedCases, RUN, runInputs } from '../../../support/runExecution.ts';
import { type Reply, scriptedTarget } from '../../../support/scriptedTarget.ts';

const REPEAT = 2;
const CASES = 5;

/** Says who it is, which case it was asked and how often it was called. */
function speaker(name: string): Reply {
  let calls = 0;
  return ({ case: entry, trial }) => ({
    ...emptyOutput(),
    status: 'complete',
    text: `${name} ${entry.id}/${trial} #${calls++}`,
    costUsd: 0,
  });
}

/** Passes the longest output of a case; keeps what it was shown. */
function longest(seen: EvaluationInput[] = []): Evaluator {
  return {
    spec: { type: 'longest', name: 'longest', negated: false, options: {}, weight: 1 },
    stage: 'heuristic',
    compares: true,
    evaluate: (input) => {
      seen.push(input);
      const others = (input.others ?? []).map(({ target, output }) => `${target}=${output.text}`);
      return { status: 'scored', score: 1, pass: true, reason: others.join('; ') };
    },
  };
}

function inputsFor(targets: readonly Target[], evaluator: Evaluator, concurrency = 4): RunInputs {
  return runInputs(targets, numberedCases(CASES), { evaluators: [evaluator], repeat: REPEAT, concurrency });
}

describe('trials whose evaluators compare targets', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(':memory:');
  });
  afterEach(() => store.close());

  const execute = (inputs: RunInputs, more: Partial<ExecuteOptions> = {}) => executeIn(store, inputs, more);
  const pending = () => Array.from({ length: CASES }, (_, index) => store.pendingOutputs(RUN, index)).flat();

  it('are evaluated when every target has answered, beside the outputs of the same trial', async () => {
    const seen: EvaluationInput[] = [];
    const targets = ['a', 'b', 'c'].map((name) => scriptedTarget(name, speaker(name)));
    assert.equal(await execute(inputsFor(targets, longest(seen))), 'complete');
    assert.equal(seen.length, 3 * CASES * REPEAT);
    for (const { target, output, others = [] } of seen) {
      assert.equal(output.text.split(' ')[0], target);
      const trial = output.text.split(' ')[1];
      assert.deepEqual(
        others.map((other) => other.target),
        ['a', 'b', 'c'].filter((name) => name !== target),
      );
      assert.deepEqual(new Set(others.map((other) => other.output.text.split(' ')[1])), new Set([trial]));
    }
    assert.equal([...store.results(RUN)].length, 3 * CASES * REPEAT);
    assert.deepEqual(pending(), []);
  });

  it('go on from the stored outputs after a stop between the phases, and pay for none twice', async () => {
    const stop = new AbortController();
    const a = scriptedTarget('a', speaker('a'));
    const b = scriptedTarget('b', (_request, { signal }) => {
      // The first phase is over for `a`; `b` never answers.
      if (a.calls.length === CASES * REPEAT) stop.abort(new DOMException('stop', 'AbortError'));
      return new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const first = inputsFor([a, b], longest(), CASES * REPEAT);
    assert.equal(await execute(first, { signal: stop.signal }), 'interrupted');
    assert.deepEqual([...store.results(RUN)], []);
    const before = pending();
    assert.equal(before.length, CASES * REPEAT);

    const again = scriptedTarget('a', speaker('a'));
    const inputs = inputsFor([again, scriptedTarget('b', speaker('b'))], longest());
    assert.equal(await execute(inputs), 'complete');
    assert.equal(again.calls.length, 0);
    const texts = [...store.results(RUN)].flatMap(({ target, output }) =>
      target === 'a' ? [output.text] : [],
    );
    assert.deepEqual(texts.sort(), before.map(({ output }) => output.text).sort());
    assert.deepEqual(pending(), []);
  });

  it('compare with stored results where only some targets of a case are missing', async () => {
    const targets = ['a', 'b'].map((name) => scriptedTarget(name, speaker(name)));
    await execute(inputsFor(targets, longest()));
    const whole = [...store.results(RUN)];

    const copy = new RunStore(':memory:');
    copy.createRun({
      id: RUN,
      plan: inputsFor(targets, longest()).plan,
      createdAt: 1,
      traceId: 'e'.repeat(32),
    });
    const lease = copy.claim(RUN, { pid: 1, host: 'here', started: null, alive: () => true }, 1);
    copy.append(
      lease,
      { results: whole.filter(({ target }) => target === 'a'), cases: [], spans: [], logs: [] },
      { now: 1, elapsedMs: 0 },
    );
    copy.release(lease, 'interrupted', 1);
    const a = scriptedTarget('a', speaker('a'));
    await execute(inputsFor([a, scriptedTarget('b', speaker('b'))], longest()), { store: copy });
    assert.equal(a.calls.length, 0);
    const ofA = new Map(
      whole.flatMap(({ target, caseId, trial, output }) =>
        target === 'a' ? [[`${caseId}/${trial}`, output.text] as const] : [],
      ),
    );
    const ofB = [...copy.results(RUN)].filter(({ target }) => target === 'b');
    assert.equal(ofB.length, CASES * REPEAT);
    for (const { caseId, trial, reason, evaluations } of ofB) {
      assert.equal(evaluations[0]?.reason, `a=${ofA.get(`${caseId}/${trial}`)}`, reason);
    }
    copy.close();
  });

  it('are compared with complete outputs only', async () => {
    const seen: EvaluationInput[] = [];
    const broken = scriptedTarget('b', () => ({
      ...emptyOutput(),
      status: 'error',
      error: { code: 'exit', message: 'it crashed', transient: false },
    }));
    await execute(inputsFor([scriptedTarget('a', speaker('a')), broken], longest(seen)));
    assert.equal(seen.length, CASES * REPEAT);
    assert.ok(seen.every(({ target, others }) => target === 'a' && others?.length === 0));
    const errored = [...store.results(RUN)].filter(({ status }) => status === 'errored');
    assert.equal(errored.length, CASES * REPEAT);
  });

  it('keep call and evaluation of a trial in one span', async () => {
    const targets = ['a', 'b'].map((name) => scriptedTarget(name, speaker(name)));
    const quick = longest();
    const slow: Evaluator = { ...quick, evaluate: async (input, context) => quick.evaluate(input, context) };
    await execute(inputsFor(targets, slow));
    const [result] = store.results(RUN);
    const spans = store.traces.spans(result?.traceId ?? '');
    const trials = spans.filter(({ name }) => name === 'trial');
    assert.equal(trials.length, REPEAT);
    for (const trial of trials) {
      const children = spans.filter(({ parentSpanId }) => parentSpanId === trial.spanId);
      assert.deepEqual(children.map(({ name }) => name).sort(), ['evaluate longest', 'invoke_agent a']);
    }
  });
});
