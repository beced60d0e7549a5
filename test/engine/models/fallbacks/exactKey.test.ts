import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import type { ToolDefinition } from '../../../../src/engine/model/message.ts';
import { type AskedModel, exactKey } from '../../../../src/engine/models/fallbacks/exactKey.ts';
import type { ModelRequest } from '../../../../src/engine/models/modelClient.ts';

const OPENAI: AskedModel = { provider: 'openai', model: 'gpt-5', endpoint: 'https://api.openai.com/v1' };
const tool = (parameters: ToolDefinition['parameters']): ToolDefinition => ({
  name: 'find',
  ...(parameters ? { parameters } : {}),
});
const BASE: ModelRequest = {
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'What is 5?' },
  ],
  parameters: {},
};

function key(request: Partial<ModelRequest> = {}, asked: Partial<AskedModel> = {}, trial = 0) {
  return exactKey({ ...OPENAI, ...asked }, { ...BASE, ...request }, trial);
}

const user = (content: string) => ({ messages: [{ role: 'user' as const, content }] });
const image = (url: string) => ({
  messages: [
    {
      role: 'user' as const,
      content: [
        { type: 'text' as const, text: 'Who?' },
        { type: 'image' as const, url },
      ],
    },
  ],
});

describe('the key of the exact cache', () => {
  const differing: [string, string | undefined, string | undefined][] = [
    ['no temperature, and 0', key(), key({ parameters: { temperature: 0 } })],
    ['temperature 0 and 1', key({ parameters: { temperature: 0 } }), key({ parameters: { temperature: 1 } })],
    ['no max_tokens, and one', key(), key({ parameters: { maxTokens: 100 } })],
    ['no seed, and 0', key(), key({ parameters: { seed: 0 } })],
    ['two seeds', key({ parameters: { seed: 1 } }), key({ parameters: { seed: 2 } })],
    ['no stop, and an empty list', key(), key({ parameters: { stop: [] } })],
    ['no penalty, and 0', key(), key({ parameters: { frequencyPenalty: 0 } })],
    ['efforts of reasoning', key(), key({ parameters: { reasoningEffort: 'low' } })],
    ['tool_choice', key(), key({ parameters: { extra: { tool_choice: 'required' } } })],
    [
      'tool_choice of two kinds',
      key({ parameters: { extra: { tool_choice: 'auto' } } }),
      key({ parameters: { extra: { tool_choice: 'none' } } }),
    ],
    ['an extra setting that is null, and none', key(), key({ parameters: { extra: { n: null } } })],
    ['tools and none', key(), key({ tools: [tool(undefined)] })],
    [
      'tools with schemas',
      key({ tools: [tool({ type: 'object' })] }),
      key({ tools: [tool({ type: 'string' })] }),
    ],
    [
      'the order of properties in the schema of a tool, which the model reads',
      key({ tools: [tool({ a: 1, b: 2 })] }),
      key({ tools: [tool({ b: 2, a: 1 })] }),
    ],
    [
      'the order of tools',
      key({ tools: [{ name: 'a' }, { name: 'b' }] }),
      key({ tools: [{ name: 'b' }, { name: 'a' }] }),
    ],
    ['strict and not', key({ tools: [{ name: 'a' }] }), key({ tools: [{ name: 'a', strict: true }] })],
    ['a response format', key(), key({ responseFormat: { type: 'json_object' } })],
    [
      'schemas of the response',
      key({ responseFormat: { type: 'json_schema', name: 'x', schema: { a: 1 } } }),
      key({ responseFormat: { type: 'json_schema', name: 'x', schema: { a: 2 } } }),
    ],
    ['roles', key(user('hi')), key({ messages: [{ role: 'system', content: 'hi' }] })],
    ['names of authors', key(user('hi')), key({ messages: [{ role: 'user', content: 'hi', name: 'Eve' }] })],
    [
      'system prompts',
      key(),
      key({ messages: [{ role: 'system', content: 'Be long.' }, ...BASE.messages.slice(1)] }),
    ],
    ['an earlier turn', key(), key({ messages: BASE.messages.slice(1) })],
    ['upper and lower case', key(user('Hi')), key(user('hi'))],
    ['a trailing space', key(user('hi')), key(user('hi '))],
    ['composed and decomposed letters', key(user('é')), key(user('e\u0301'))],
    ['a lone surrogate and the sign that replaces it', key(user('\ud800')), key(user('\ufffd'))],
    [
      'one text in two parts, and in one',
      key({ messages: [{ role: 'user', content: [{ type: 'text', text: 'ab' }] }] }),
      key({
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
        ],
      }),
    ],
    ['pictures', key(image('data:image/png;base64,AAAA')), key(image('data:image/png;base64,AAAB'))],
    ['models', key(), key({}, { model: 'gpt-5-mini' })],
    ['providers', key(), key({}, { provider: 'azure' })],
    ['endpoints', key(), key({}, { endpoint: 'https://eu.api.openai.com/v1' })],
    ['no endpoint', key(), key({}, { endpoint: undefined })],
    ['headers', key(), key({}, { headers: { 'x-version': '2' } })],
    [
      'a variable that a header names',
      key({}, { variables: { V: 'a' } }),
      key({}, { variables: { V: 'b' } }),
    ],
    ['a variable that is set', key(), key({}, { variables: { V: '' } })],
    ['trials, whose answers are measurements of their own', key(), key({}, {}, 1)],
    [
      'the arguments of an earlier tool call',
      key({
        messages: [
          { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: { x: 1 } }] },
        ],
      }),
      key({
        messages: [
          { role: 'assistant', content: '', toolCalls: [{ id: 'a', name: 'f', arguments: { x: '1' } }] },
        ],
      }),
    ],
  ];
  for (const [what, one, other] of differing)
    it(`tells apart: ${what}`, () => {
      assert.match(one ?? '', /^[0-9a-f]{64}$/);
      assert.notEqual(one, other);
    });

  const same: [string, string | undefined, string | undefined][] = [
    ['the same request', key(), key({ messages: structuredClone(BASE.messages) })],
    [
      'settings in another order',
      key({ parameters: { temperature: 0, maxTokens: 5, extra: { a: 1, b: 2 } } }),
      key({ parameters: { extra: { b: 2, a: 1 }, maxTokens: 5, temperature: 0 } }),
    ],
    [
      'forms of one number',
      key({ parameters: { temperature: 0.5, maxTokens: 100 } }),
      key({ parameters: { temperature: 5e-1, maxTokens: 1e2 } }),
    ],
    ['0 and −0, which are sent alike', key({ parameters: { seed: 0 } }), key({ parameters: { seed: -0 } })],
    [
      'headers in another order',
      key({}, { headers: { a: '1', b: '2' } }),
      key({}, { headers: { b: '2', a: '1' } }),
    ],
    ['what may be dropped', key(), key({ negotiable: ['temperature'] })],
  ];
  for (const [what, one, other] of same) it(`is equal for ${what}`, () => assert.equal(one, other));

  it('does not exist for a picture behind a link, which may change', () => {
    assert.equal(key(image('https://example.com/cat.png')), undefined);
    assert.notEqual(key(image('DATA:image/png;base64,AAAA')), undefined);
  });

  it('differs for any two requests that are sent differently', () => {
    const setting = fc.option(fc.constantFrom(0, 0.5, 1, 2), { nil: undefined });
    const request = fc
      .record({
        texts: fc.array(fc.string({ unit: 'binary', maxLength: 3 }), { minLength: 1, maxLength: 3 }),
        temperature: setting,
        topP: setting,
        seed: setting,
        stop: fc.option(fc.array(fc.string({ maxLength: 2 }), { maxLength: 2 }), { nil: undefined }),
      })
      .map(({ texts, ...given }): ModelRequest => {
        const parameters = Object.fromEntries(
          Object.entries(given).filter(([, value]) => value !== undefined),
        );
        return { messages: texts.map((content) => ({ role: 'user', content })), parameters };
      });

    fc.assert(
      fc.property(request, request, (one, other) => {
        const sent =
          JSON.stringify([one.messages, one.parameters]) ===
          JSON.stringify([other.messages, other.parameters]);
        assert.equal(exactKey(OPENAI, one, 0) === exactKey(OPENAI, other, 0), sent);
      }),
      { numRuns: 500 },
    );
  });
});
