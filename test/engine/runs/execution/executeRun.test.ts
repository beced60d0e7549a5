import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { PromptError, StoreError } from '../../../../src/engine/errors.ts';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import { emptyOutput } from '../../../../src/engine/model/output.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import type { ExecuteOptions } from '../../../../src/engine/runs/execution/executeRun.ts';
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
import { located } from '../../../support/runFixtures.ts';
import { type Reply, sayId, scriptedTarget } from '../../../support/scriptedTarget.ts';

/** Passes when the output names the case; takes its time, as one that asks somebody. */
const asksWhether: Evaluator = {
  spec: { type: 'asks', name: 'asks whether', negated: false, options: {}, weight: 1 },
  stage: 'judge',
  evaluate: async (input, context) => namesCase.evaluate(input, context),
};

/** Passes when the output names the case. */
const namesCase: Evaluator = {
  spec: { type: 'equals', name: 'names case', negated: false, options: {}, weight: 1 },
  stage: 'heuristic',
  evaluate: ({ case: entry, output }) => {
    const pass = output.text === entry.id;
    return { status: 'scored', score: pass ? 1 : 0, pass, reason: output.text };
  },
};

function inputsFor(
  targets: readonly Target[],
  { cases = 10, ...more }: { cases?: number; repeat?: number; concurrency?: number } = {},
): RunInputs {
  return runInputs(targets, numberedCases(cases), { evaluators: [namesCase], ...more });
}

describe('executeRun', () => {
  let store: RunStore;
  let stored: TrialResult[];

  beforeEach(() => {
    store = new RunStore(':memory:');
    stored = [];
  });
  afterEach(() => store.close());

  const execute = (inputs: RunInputs, more: Partial<ExecuteOptions> = {}) =>
    executeIn(store, inputs, { onResults: (results) => stored.push(...results), ...more });

  it('runs every trial of every target once', async () => {
    const targets = [scriptedTarget('a', sayId), scriptedTarget('b', sayId)];
    assert.equal(await execute(inputsFor(targets, { repeat: 3 })), 'complete');
    assert.deepEqual(
      targets.map(({ calls }) => calls.length),
      [30, 30],
    );
    assert.equal(stored.length, 60);
    assert.equal([...store.results(RUN)].filter(({ status }) => status === 'passed').length, 60);
    assert.equal(store.getRun(RUN).status.state, 'complete');
  });

  it('gives the same seed to all targets of a trial, and another one to each trial', async () => {
    const targets = [scriptedTarget('a', sayId), scriptedTarget('b', sayId)];
    await execute(inputsFor(targets, { cases: 2, repeat: 2 }));
    const seeds = targets.map(
      ({ calls }) => new Map(calls.map((call) => [`${call.case.id}/${call.trial}`, call.seed])),
    );
    assert.deepEqual(seeds[0], seeds[1]);
    assert.equal(new Set(seeds[0]?.values()).size, 4);
  });

  it('keeps to the limit of a lane that two targets share', async () => {
    let running = 0;
    let most = 0;
    const slow: Reply = async (request, context) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return sayId(request, context);
    };
    const targets = [scriptedTarget('a', slow, 'shared'), scriptedTarget('b', slow, 'shared')];
    await execute(inputsFor(targets, { concurrency: 3 }));
    assert.equal(most, 3);
  });

  it('lets go of all that it listened to, so that nothing of it stays in memory', async () => {
    let seen: AbortSignal | undefined;
    const target = scriptedTarget('a', (request, context) => {
      seen = context.signal;
      return sayId(request, context);
    });
    await execute(inputsFor([target]));
    assert.ok(seen);
    assert.deepEqual(getEventListeners(seen, 'abort'), []);
  });

  it('stops when told, keeps what came in, and goes on with only what is missing', async () => {
    const stop = new AbortController();
    const target = scriptedTarget('a', (request, context) => {
      if (request.case.id === 'case-6') stop.abort(new DOMException('stop', 'AbortError'));
      context.signal.throwIfAborted();
      return sayId(request, context);
    });
    assert.equal(
      await execute(inputsFor([target], { concurrency: 1 }), { signal: stop.signal }),
      'interrupted',
    );
    assert.equal(store.getRun(RUN).status.state, 'interrupted');
    const kept = [...store.results(RUN)].map(({ caseId }) => caseId);
    assert.deepEqual(kept, ['case-0', 'case-1', 'case-2', 'case-3', 'case-4', 'case-5']);

    const again = scriptedTarget('a', sayId);
    let before = -1;
    assert.equal(await execute(inputsFor([again]), { onStart: (count) => (before = count) }), 'complete');
    assert.equal(before, 6);
    assert.deepEqual(again.calls.map((call) => call.case.id).sort(), [
      'case-6',
      'case-7',
      'case-8',
      'case-9',
    ]);
  });

  it('calls only the missing trials of a case that is half stored', async () => {
    const [first, again] = [scriptedTarget('a', sayId), scriptedTarget('a', sayId)];
    await execute(inputsFor([first], { repeat: 3 }));
    const whole = [...store.results(RUN)];
    const half = new RunStore(':memory:');
    createRun(half, inputsFor([again], { repeat: 3 }));
    const kept = whole.filter(({ caseIndex, trial }) => caseIndex === 4 && trial !== 1);
    half.append(RUN, { results: kept, cases: [], spans: [], logs: [] }, { now: 1, elapsedMs: 1 });
    await executeIn(half, inputsFor([again], { repeat: 3 }));
    const ofCase = again.calls.filter(({ case: { id } }) => id === 'case-4');
    assert.deepEqual(
      ofCase.map(({ trial }) => trial),
      [1],
    );
    assert.equal(again.calls.length, 28);
    half.close();
  });

  it('never scores an output that is not complete', async () => {
    const target = scriptedTarget('a', ({ case: entry }) => ({
      ...emptyOutput(),
      text: entry.id,
      status: 'incomplete',
      reason: 'the stream was cut',
    }));
    await execute(inputsFor([target], { cases: 1 }));
    const [result] = store.results(RUN);
    assert.equal(result?.status, 'errored');
    assert.equal(result?.score, null);
    assert.deepEqual(result?.evaluations, []);
  });

  it('turns a mistake in one case into an errored trial and goes on', async () => {
    const target = scriptedTarget('a', (request, context) => {
      if (request.case.id !== 'case-1') return sayId(request, context);
      throw new PromptError('the variable order is missing', {
        where: { path: 'p.prompty', line: 3, column: 7 },
      });
    });
    assert.equal(await execute(inputsFor([target], { cases: 3 })), 'complete');
    const result = [...store.results(RUN)][1];
    assert.equal(result?.status, 'errored');
    assert.match(result?.reason ?? '', /p\.prompty:3:7: the variable order is missing/);
  });

  it('stops at a bug, keeps what came in before, and can be resumed', async () => {
    const target = scriptedTarget('a', (request, context) => {
      if (request.case.id === 'case-4') throw new TypeError('a bug');
      return sayId(request, context);
    });
    await assert.rejects(execute(inputsFor([target], { concurrency: 1 })), /a bug/);
    assert.equal(store.getRun(RUN).status.state, 'interrupted');
    assert.equal([...store.results(RUN)].length, 4);
    assert.equal(await execute(inputsFor([scriptedTarget('a', sayId)])), 'complete');
  });

  it('stops when results cannot be stored', async () => {
    const target = scriptedTarget('a', sayId);
    const failing = Object.create(store, {
      append: {
        value: () => {
          throw new StoreError('the disk is full');
        },
      },
      release: { value: store.release.bind(store) },
      claim: { value: store.claim.bind(store) },
      leaseMs: { value: store.leaseMs },
      runTraceId: { value: store.runTraceId.bind(store) },
      storedKeys: { value: store.storedKeys.bind(store) },
    }) as RunStore;
    await assert.rejects(execute(inputsFor([target], { cases: 500 }), { store: failing }), StoreError);
    assert.ok(target.calls.length < 500, 'it does not go on paying for results that it cannot keep');
  });

  it('reports a failing dataset and stores what came before', async () => {
    const inputs = inputsFor([scriptedTarget('a', sayId)]);
    const source = {
      async *batches() {
        yield located([{ id: 'case-0', input: 'x' }]);
        throw new StoreError('the dataset has changed');
      },
    };
    await assert.rejects(execute({ ...inputs, source }), /the dataset has changed/);
    assert.equal(store.getRun(RUN).status.state, 'interrupted');
  });

  it('records run, case, trial, target call and evaluators that take time as spans of linked traces', async () => {
    const inputs = inputsFor([scriptedTarget('a', sayId)], { cases: 1, repeat: 2 });
    await execute({ ...inputs, evaluatorsFor: () => [namesCase, asksWhether] });
    const results = [...store.results(RUN)];
    const traceId = results[0]?.traceId ?? '';
    assert.equal(results[1]?.traceId, traceId, 'the trials of a case share its trace');
    const spans = store.traces.spans(traceId);
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const path = (span: (typeof spans)[number]): string => {
      const parent = span.parentSpanId === null ? undefined : byId.get(span.parentSpanId);
      return parent ? `${path(parent)} > ${span.name}` : span.name;
    };
    assert.deepEqual(spans.map(path).sort(), [
      'case case-0',
      'case case-0 > trial',
      'case case-0 > trial',
      'case case-0 > trial > evaluate asks whether',
      'case case-0 > trial > evaluate asks whether',
      'case case-0 > trial > invoke_agent a',
      'case case-0 > trial > invoke_agent a',
    ]);
    const root = spans.find(({ parentSpanId }) => parentSpanId === null);
    const [runSpan] = store.traces.spans('e'.repeat(32));
    assert.deepEqual(root?.links, [{ traceId: 'e'.repeat(32), spanId: runSpan?.spanId }]);
    const evaluated = spans.find(({ name }) => name.startsWith('evaluate'));
    assert.equal(evaluated?.events[0]?.name, 'gen_ai.evaluation.result');
    assert.equal(evaluated?.events[0]?.attributes['gen_ai.evaluation.score.value'], 1);
  });
});
