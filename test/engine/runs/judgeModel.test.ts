import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseSuiteEvaluator } from '../../../src/engine/evaluators/specs/specs.ts';
import type { JsonValue } from '../../../src/engine/model/json.ts';
import { FALLBACK_CAUSES } from '../../../src/engine/model/replySource.ts';
import { judgeModel, type KnownJudges } from '../../../src/engine/runs/judgeModel.ts';

const price = (input: number) => ({ input, output: 0 });

const KNOWN: KnownJudges = {
  suite: { judgeModel: 'p/big', scoreFallbacks: true },
  instead: undefined,
  providers: {
    p: { baseUrl: 'http://p/v1', prices: { big: price(10), mini: price(1) } },
    q: { baseUrl: 'http://q/v1', prices: { other: price(3) } },
  },
  fallbacks: {
    p: {
      steps: [
        { kind: 'cache' },
        { kind: 'model', reference: 'p/big' },
        { kind: 'model', reference: 'p/mini' },
        { kind: 'model', reference: 'q/unpriced' },
        { kind: 'fixed', answer: 'x' },
      ],
      on: FALLBACK_CAUSES,
    },
  },
};

const of = (written: JsonValue, known: Partial<KnownJudges> = {}) => {
  const spec = parseSuiteEvaluator(written, { path: 't.yaml', line: 1, column: 1 });
  const { reference, price: own, others = [] } = judgeModel(spec, { ...KNOWN, ...known });
  return [reference, own?.input, ...others.map((one) => one.price?.input)];
};

describe('what a judge may cost', () => {
  const rubric = { rubric: { criteria: 'polite' } };

  it('is that of its model, and of those that may judge in its place', () => {
    assert.deepEqual(of(rubric), ['p/big', 10, 1, undefined]);
    assert.deepEqual(of({ rubric: { criteria: 'polite', model: 'q/other' } }), ['q/other', 3]);
    assert.deepEqual(of(rubric, { instead: 'q/other' }), ['q/other', 3]);
  });

  it('is that of its model alone where answers of fallbacks do not count', () => {
    assert.deepEqual(of(rubric, { suite: { judgeModel: 'p/big' } }), ['p/big', 10]);
  });

  it('is that of all judges of a set', () => {
    const judge = { type: 'llm-rubric', value: 'polite' };
    const set = {
      type: 'assert-set',
      assert: [{ type: 'contains', value: 'x' }, judge, { ...judge, provider: 'q/other' }],
    };
    assert.deepEqual(of(set, { fallbacks: undefined }), ['p/big', 10, 3]);
  });

  it('is unknown where no model is named', () => {
    assert.deepEqual(of(rubric, { suite: {} }), [null, undefined]);
  });
});
