import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { Evaluator } from '../../../../src/engine/evaluators/evaluator.ts';
import type { GoldenCase } from '../../../../src/engine/model/case.ts';
import type { RunInputs } from '../../../../src/engine/runs/execution/runInputs.ts';
import type { CaseOrder } from '../../../../src/engine/runs/ordered/caseOrder.ts';
import { RunStore } from '../../../../src/engine/store/runStore.ts';
import { CONVERSATION_TURN } from '../../../../src/engine/targets/earlierOutputs.ts';
import type { Target } from '../../../../src/engine/targets/target.ts';
import { SOURCES } from '../../../support/markedAnswers.ts';
import { execute as executeIn, RUN, runInputs } from '../../../support/runExecution.ts';
import { complete } from '../../../support/runFixtures.ts';
import { type Reply, scriptedTarget } from '../../../support/scriptedTarget.ts';

const REPEAT = 2;

/** Six cases: each stores its output under the same name. */
const STORING: GoldenCase[] = Array.from({ length: 6 }, (_, index) => ({
  id: `case-${index}`,
  input: { n: index },
  promptfoo: { storeOutputAs: 'last' },
}));

const passes: Evaluator = {
  spec: { type: 'any', name: 'any', negated: false, options: {}, weight: 1 },
  stage: 'heuristic',
  evaluate: () => ({ status: 'scored', score: 1, pass: true, reason: '' }),
};

/** Says what it was told and adds its own number; later cases are answered sooner. */
const adds: Reply = async ({ case: { id }, earlier }) => {
  const turns = 6 - Number(id.slice(5));
  for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
  return complete(`${earlier?.variables['last'] ?? ''}${id.slice(5)}`);
};

function inputsFor(targets: readonly Target[], cases: readonly GoldenCase[], order: CaseOrder): RunInputs {
  return { ...runInputs(targets, cases, { evaluators: [passes], repeat: REPEAT, concurrency: 8 }), order };
}

function storing(cases: readonly GoldenCase[]): CaseOrder {
  const stores = cases.map(({ id }, index) => ({ index, caseId: id }));
  return { env: {}, stores: new Map([['last', stores]]) };
}

describe('cases that read what earlier ones gave', () => {
  let store: RunStore;
  beforeEach(() => {
    store = new RunStore(':memory:');
  });
  afterEach(() => store.close());

  const execute = (inputs: RunInputs, signal = new AbortController().signal) =>
    executeIn(store, inputs, { signal });

  for (const scoreFallbacks of [false, true])
    it(`${scoreFallbacks ? 'take' : 'do not take'} the answer of a fallback for that of an earlier case`, async () => {
      const source = SOURCES['model'];
      const reply: Reply = async (request, context) => {
        const output = await adds(request, context);
        return request.case.id === 'case-1' && source ? { ...output, source } : output;
      };
      const inputs = inputsFor(
        [scriptedTarget('a', reply)],
        STORING.slice(0, 3),
        storing(STORING.slice(0, 3)),
      );
      await execute({ ...inputs, scoreFallbacks });
      const texts = [...store.results(RUN)]
        .filter(({ trial }) => trial === 0)
        .map(({ output }) => output.text);
      assert.deepEqual(texts, ['0', '01', scoreFallbacks ? '012' : '2']);
    });

  const outputs = () =>
    [...store.results(RUN)]
      .sort((a, b) => a.target.localeCompare(b.target) || a.trial - b.trial || a.caseIndex - b.caseIndex)
      .map(({ target, trial, output }) => `${target}/${trial} ${output.text}`);
  const all = ['a', 'b'].flatMap((target) =>
    Array.from({ length: REPEAT }, (_, trial) =>
      ['0', '01', '012', '0123', '01234', '012345'].map((text) => `${target}/${trial} ${text}`),
    ).flat(),
  );

  it('run in order at each target and in each trial, whatever the concurrency', async () => {
    const targets = ['a', 'b'].map((name) => scriptedTarget(name, adds, 'shared'));
    assert.equal(await execute(inputsFor(targets, STORING, storing(STORING))), 'complete');
    assert.deepEqual(outputs(), all);
  });

  it('go on after a stop at any call from what is stored, and ask for none of it again', async () => {
    for (let at = 1; at <= all.length; at += 1) {
      store.close();
      store = new RunStore(':memory:');
      const stop = new AbortController();
      let calls = 0;
      const stopping: Reply = (request, context) => {
        calls += 1;
        if (calls === at) stop.abort(new DOMException('stop', 'AbortError'));
        context.signal.throwIfAborted();
        return adds(request, context);
      };
      const first = ['a', 'b'].map((name) => scriptedTarget(name, stopping));
      assert.equal(await execute(inputsFor(first, STORING, storing(STORING)), stop.signal), 'interrupted');
      const kept = outputs().length;
      const second = ['a', 'b'].map((name) => scriptedTarget(name, adds));
      assert.equal(await execute(inputsFor(second, STORING, storing(STORING))), 'complete');
      assert.deepEqual(outputs(), all);
      assert.equal(kept + second.reduce((sum, target) => sum + target.calls.length, 0), all.length);
    }
  });

  it('are errors, and not asked, where the earlier case gave nothing', async () => {
    const cases: GoldenCase[] = [
      { id: 'case-0', input: {}, promptfoo: { storeOutputAs: 'last' } },
      { id: 'case-1', input: { q: 'after {{last}}' } },
      { id: 'case-2', input: { q: 'alone' } },
      { id: 'case-3', input: { q: '{{last}}', last: 'own' } },
    ];
    const target = scriptedTarget('a', ({ earlier }) => complete(String(earlier?.variables['q'] ?? '')));
    await execute(inputsFor([target], cases, storing(cases.slice(0, 1))));
    const results = [...store.results(RUN)].filter(({ trial }) => trial === 0);
    assert.deepEqual(
      results.map(({ status, output }) => [status, output.text]),
      [
        ['passed', ''],
        ['errored', ''],
        ['passed', 'alone'],
        ['passed', '{{last}}'],
      ],
    );
    assert.match(results[1]?.reason ?? '', /"last" is the output of case-0, which gave none/);
    assert.equal(target.calls.length, 3 * REPEAT);
  });

  it('are told of their own conversation only, which ends with a turn that was lost', async () => {
    const cases: GoldenCase[] = ['x', 'y', 'x', 'y', 'x'].map((conversationId, index) => ({
      id: `case-${index}`,
      input: {},
      metadata: { conversationId },
    }));
    const reply: Reply = ({ case: { id }, earlier }) => {
      const said = JSON.stringify(earlier?.variables['_conversation']);
      if (id === 'case-3') return { ...complete(said), status: 'incomplete', reason: 'cut' };
      return complete(said, { metadata: { [CONVERSATION_TURN]: { output: id } } });
    };
    const order = { env: {}, stores: new Map() };
    const again = { ...cases[1], id: 'case-5' };
    const target = scriptedTarget('a', reply);
    const talking = { ...target, capabilities: { ...target.capabilities, conversation: true } };
    await execute(inputsFor([talking], [...cases, again], order));
    const results = [...store.results(RUN)].filter(({ trial }) => trial === 0);
    results.sort((a, b) => a.caseIndex - b.caseIndex);
    assert.deepEqual(
      results.map(({ output }) => output.text),
      [
        '[]',
        '[]',
        '[{"output":"case-0"}]',
        '[{"output":"case-1"}]',
        '[{"output":"case-0"},{"output":"case-2"}]',
        '',
      ],
    );
    assert.match(results[5]?.reason ?? '', /lacks the turn of case-3/);
  });
});
