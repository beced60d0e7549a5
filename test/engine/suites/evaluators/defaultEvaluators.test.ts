import assert from 'node:assert/strict';
import { evaluatorTypes } from '../../../../src/engine/evaluators/registry.ts';
import type { ExpectedOutput } from '../../../../src/engine/model/case.ts';
import {
  caseCallsFor,
  defaultEvaluators,
} from '../../../../src/engine/suites/evaluators/defaultEvaluators.ts';

function calledFor(expected?: ExpectedOutput): string[] {
  const goldenCase = { id: 'a', ...(expected ? { expected_output: expected } : {}) };
  return defaultEvaluators()
    .map(({ type }) => type)
    .filter((type) => caseCallsFor(type, goldenCase));
}

describe('defaultEvaluators', () => {
  it('are registered, and need no options', () => {
    for (const { type, options } of defaultEvaluators()) {
      assert.ok(evaluatorTypes().get(type)?.options.safeParse(options).success, type);
    }
  });

  it('take part where a case has their field', () => {
    assert.deepEqual(calledFor({ expected_concepts: ['a'] }), ['concepts']);
    assert.deepEqual(calledFor({ forbidden_concepts: ['a'], json_schema: {} }), [
      'is-json',
      'forbidden-concepts',
    ]);
    assert.deepEqual(calledFor({ tool_calls: [] }), ['tool-calls']);
    assert.deepEqual(calledFor({ expected_concepts: [], forbidden_concepts: [], answer: 'x' }), []);
    assert.deepEqual(calledFor(), []);
  });
});
