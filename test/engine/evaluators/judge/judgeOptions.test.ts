import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { assertionAs, modelReference } from '../../../../src/engine/evaluators/judge/judgeOptions.ts';
import type { JsonValue } from '../../../../src/engine/model/json.ts';

describe('the model of a judge', () => {
  // promptfoo.dev/docs/providers
  for (const [written, reference] of [
    ['openai:chat:gpt-5-mini', 'openai/gpt-5-mini'],
    ['openai:gpt-5-mini', 'openai/gpt-5-mini'],
    ['openai:completion:davinci-002', 'openai/davinci-002'],
    ['openai:responses:gpt-5', 'openai/gpt-5'],
    ['openai:embedding:text-embedding-3-small', 'openai/text-embedding-3-small'],
    ['ollama:embeddings:nomic-embed-text', 'ollama/nomic-embed-text'],
    ['anthropic:messages:claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
    ['ollama:chat:llama3.2:1b', 'ollama/llama3.2:1b'],
    ['openrouter:meta-llama/llama-4-scout', 'openrouter/meta-llama/llama-4-scout'],
  ] as const)
    it(`that promptfoo calls ${written} is ${reference}`, () =>
      assert.equal(modelReference(written), reference));

  it('stays as it is written otherwise', () => {
    for (const written of ['openai/gpt-5-mini', 'local/llama3.2:1b', 'gpt-5-mini', 'openai:', ':x', 'a:b\nc'])
      assert.equal(modelReference(written), written);
  });
});

describe('an assertion of promptfoo', () => {
  const read = (key: 'provider' | 'rubricPrompt', value: JsonValue) =>
    assertionAs('criteria')({ [key]: value });

  it('names its grader as text or by id; what is neither is left to be refused', () => {
    assert.deepEqual(read('provider', 'openai:gpt-5-mini'), { model: 'openai:gpt-5-mini' });
    assert.deepEqual(read('provider', { id: 'x:y', config: {} }), { model: 'x:y' });
    for (const other of [{ config: {} }, ['x:y'], 5])
      assert.deepEqual(read('provider', other), { model: other });
  });

  it('has its prompt as text, as a chat, or as a chat in JSON', () => {
    const chat = [{ role: 'user', content: 'Good?' }];
    for (const written of [chat, JSON.stringify(chat), `\n  ${JSON.stringify(chat)}\n`])
      assert.deepEqual(read('rubricPrompt', written), { rubricPrompt: chat });
    for (const text of ['Good?', '[Good?', '"Good?"', '5', '{"a": 1}', ' '])
      assert.deepEqual(read('rubricPrompt', text), { rubricPrompt: text });
  });

  it('says nothing of what it leaves out, and has no value where none is taken', () => {
    assert.deepEqual(assertionAs('criteria')({}), {});
    assert.deepEqual(assertionAs(undefined)({ value: 'x', threshold: 0 }), { threshold: 0 });
    assert.deepEqual(assertionAs('goal')({ value: 'x' }), { goal: 'x' });
  });
});
