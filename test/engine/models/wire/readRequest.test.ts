import assert from 'node:assert/strict';
import { RequestProblem, readChatRequest } from '../../../../src/engine/models/wire/readRequest.ts';

const HI = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

describe('a request for a chat completion', () => {
  it('never says where it goes or with which key', () => {
    const steered = { ...HI, api_base: 'http://evil', base_url: 'http://evil', api_key: 'sk-1', top_k: 3 };
    const { request, ignored } = readChatRequest(steered);
    assert.deepEqual(request.parameters, { extra: { top_k: 3 } });
    assert.deepEqual(ignored, ['api_base', 'base_url', 'api_key']);
  });

  it('may leave out what has a default, or say null', () => {
    const plain = readChatRequest(HI);
    assert.deepEqual(plain, {
      model: 'm',
      request: { messages: [{ role: 'user', content: 'hi' }], parameters: {} },
      ...{ stream: false, includeUsage: false, ignored: [] },
    });
    const nulls = { temperature: null, max_tokens: null, stop: null, stream: null, tools: null };
    assert.deepEqual(readChatRequest({ ...HI, ...nulls }), plain);
  });

  it('has one word to stop at, or several, and one limit under two names', () => {
    const read = (more: object) => readChatRequest({ ...HI, ...more }).request.parameters;
    assert.deepEqual(read({ stop: 'END' }), { stop: ['END'] });
    assert.deepEqual(read({ max_tokens: 5, max_completion_tokens: 7 }), { maxTokens: 7 });
  });

  it('is refused with the place of its fault', () => {
    for (const [body, param] of [
      [null, ''],
      [{ ...HI, model: '' }, 'model'],
      [{ ...HI, messages: [] }, 'messages'],
      [{ ...HI, messages: [{ role: 'robot', content: '' }] }, 'messages[0].role'],
      [{ ...HI, temperature: 'hot' }, 'temperature'],
      [{ ...HI, max_tokens: 0 }, 'max_tokens'],
      [{ ...HI, tools: [{ type: 'function' }] }, 'tools[0].function'],
      [{ ...HI, response_format: { type: 'xml' } }, 'response_format.type'],
    ] as const) {
      assert.throws(
        () => readChatRequest(body),
        (error) => error instanceof RequestProblem && error.param === param,
        JSON.stringify(body),
      );
    }
  });
});
