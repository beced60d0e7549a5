import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createScriptRunner } from '../../../src/engine/evaluators/scripts/scriptRunner.ts';
import { noSpan } from '../../../src/engine/ports.ts';
import {
  assertClose,
  depsWith,
  evaluatorOf,
  inputWith,
  scoredOf,
  scoreOf,
  scriptsWith,
  specOf,
} from './evaluating.ts';

const yes = { type: 'contains', value: 'yes' };
const no = { type: 'contains', value: 'no' };

const REPLY = {
  status: 'complete' as const,
  finishReason: 'stop',
  toolCalls: [],
  usage: null,
  costUsd: null,
  model: 'm',
  responseId: null,
  latencyMs: 1,
  firstTokenMs: null,
};

describe('assert-set', () => {
  it('passes when every member passes, and scores their weighted mean', () => {
    const both = scoredOf({ type: 'assert-set', assert: [yes, no] }, 'yes or no');
    assert.equal(both.pass, true);
    const one = scoredOf({ type: 'assert-set', assert: [{ ...yes, weight: 3 }, no] }, 'yes');
    assert.equal(one.pass, false);
    assertClose(one.score, 0.75);
  });
  it('passes from its threshold on, whatever single members say', () => {
    const set = { type: 'assert-set', threshold: 0.5, assert: [yes, no] };
    assert.equal(scoredOf(set, 'yes').pass, true);
    assert.equal(scoredOf(set, 'neither').pass, false);
  });
  it('says what each member said', () => {
    const { detail } = scoredOf(
      { type: 'assert-set', assert: [yes, { ...yes, type: 'not-contains' }] },
      'yes',
    );
    assert.ok(Array.isArray(detail));
    assert.deepEqual(
      detail.map((entry) => Object(entry).name),
      ['contains', 'not-contains'],
    );
  });
  it('is an error when a member measured nothing, even within the threshold', () => {
    const set = { type: 'assert-set', threshold: 0.1, assert: [yes, { type: 'cost', threshold: 1 }] };
    assert.equal(scoreOf(set, 'yes').status, 'error');
  });
  it('leaves members without weight out', () => {
    const score = scoredOf({ type: 'assert-set', assert: [yes, { ...no, weight: 0 }] }, 'yes');
    assert.deepEqual([score.pass, score.score], [true, 1]);
  });
  it('gives each member its own bulkhead, and those that name none that of the set', async () => {
    const pools: unknown[] = [];
    const client = {
      provider: 'p',
      model: 'm',
      stream: () => assert.fail(),
      complete: async (_request: unknown, { pool }: { pool?: string }) => {
        pools.push(pool);
        return { ...REPLY, text: '{"reason": "fine", "score": 1, "pass": true}' };
      },
    };
    const deps = depsWith({ models: { client: () => client }, judgeModel: 'p/m' });
    const judge = { type: 'llm-rubric', value: 'polite' };
    const set = { type: 'assert-set', assert: [{ ...judge, bulkhead: 'slow' }, judge] };
    const [spec] = [specOf({ ...set, bulkhead: 'fast' })];
    assert.equal(spec.bulkhead, 'fast');
    const { signal } = new AbortController();
    const evaluator = evaluatorOf(set, deps);
    for (const pool of ['fast', undefined])
      await evaluator.evaluate(inputWith('yes'), { signal, span: noSpan, ...(pool ? { pool } : {}) });
    assert.deepEqual(pools, ['slow', 'fast', 'slow', 'judge']);
  });
  it('refuses sets within sets, and empty ones', () => {
    assert.throws(() => specOf({ type: 'assert-set', assert: [] }), /list of assertions/);
    assert.throws(
      () => specOf({ type: 'assert-set', assert: [{ type: 'assert-set', assert: [yes] }] }),
      /not other sets/,
    );
  });
});

describe('transform of an assertion', () => {
  const upper = { type: 'contains', value: 'YES', transform: 'output.toUpperCase()' };
  it('is refused where scripts are not trusted', () => {
    assert.throws(() => evaluatorOf(upper), /not trusted to run/);
  });
  it('changes what this assertion sees', async () => {
    const javascript = createScriptRunner({ timeoutMs: 5_000 });
    try {
      const context = { signal: new AbortController().signal, span: noSpan };
      const deps = depsWith({ scripts: scriptsWith({ javascript }) });
      const score = await evaluatorOf(upper, deps).evaluate(inputWith('yes'), context);
      assert.deepEqual([score.status, 'pass' in score && score.pass], ['scored', true]);
      const field = { type: 'equals', value: { b: 1 }, transform: 'JSON.parse(output).a' };
      const second = await evaluatorOf(field, deps).evaluate(inputWith('{"a":{"b":1}}'), context);
      assert.equal('pass' in second && second.pass, true);
    } finally {
      await javascript.close();
    }
  });
});
