import assert from 'node:assert/strict';
import { outputOf } from '../../../../src/engine/gateway/apis/outputOf.ts';
import type { ReplySummary } from '../../../../src/engine/gateway/apis/replyTap.ts';
import type { FinishedExchange } from '../../../../src/engine/gateway/exchange/finishedExchange.ts';

function exchange(
  more: Partial<FinishedExchange>,
  said: Partial<ReplySummary> | null = {},
): FinishedExchange {
  const summary = said && {
    model: 'gpt-4o-2024-08-06',
    responseId: 'r',
    usage: { inputTokens: 9, outputTokens: 3 },
    finishReasons: ['stop'],
    text: 'Yes',
    toolCalls: [],
    fingerprint: null,
    ...said,
  };
  return {
    id: 'x',
    route: 'openai',
    arm: 'openai',
    api: 'chat',
    startedMs: 0,
    firstContentMs: 5,
    durationMs: 20,
    ending: 'done',
    reason: null,
    status: 200,
    request: { method: 'POST', target: '/v1/chat/completions', headers: {}, body: null },
    reply: null,
    summary,
    costUsd: 0.25,
    source: 'upstream',
    traceId: 't',
    spanId: 's',
    stickyKey: null,
    ...more,
  };
}

describe('the output of an exchange', () => {
  it('is complete where the reply is whole and its model ended by itself', () => {
    const { metadata, ...output } = outputOf(exchange({}));
    assert.deepEqual(output, {
      ...{ status: 'complete', text: 'Yes', toolCalls: [], steps: [], finishReason: 'stop', latencyMs: 20 },
      ...{ usage: { inputTokens: 9, outputTokens: 3 }, costUsd: 0.25, model: 'gpt-4o-2024-08-06' },
    });
    assert.deepEqual(metadata, { responseId: 'r', firstTokenMs: 5 });
  });

  const call = { id: 'c', name: 'f', arguments: { a: 1 } };
  const cases: readonly (readonly [
    name: string,
    said: Partial<ReplySummary>,
    status: string,
    reason: string | null,
  ])[] = [
    ['an end of Anthropic’s form', { finishReasons: ['end_turn'] }, 'complete', 'end_turn'],
    ['the end of a response', { finishReasons: ['completed'] }, 'complete', 'completed'],
    ['at the limit of tokens', { finishReasons: ['length'] }, 'complete', 'length'],
    ['filtered, with a text', { finishReasons: ['content_filter'] }, 'complete', 'content_filter'],
    ['a refusal', { isRefusal: true }, 'complete', 'refusal'],
    [
      'calls of tools alone',
      { text: null, toolCalls: [call], finishReasons: ['tool_calls'] },
      'complete',
      'tool_calls',
    ],
    ['an empty text', { text: '' }, 'complete', 'stop'],
    ['nothing at all', { text: null }, 'error', 'stop'],
    ['nothing, at the limit', { text: '', finishReasons: ['length'] }, 'error', 'length'],
    ['no finish reason', { finishReasons: [] }, 'incomplete', null],
    ['a failure on the way', { finishReasons: ['error'] }, 'incomplete', null],
    ['more than is kept', { text: null, isTooLong: true }, 'incomplete', null],
  ];
  for (const [name, said, status, reason] of cases)
    it(`is ${status}: ${name}`, () => {
      const output = outputOf(exchange({}, said));
      assert.deepEqual([output.status, output.finishReason], [status, reason]);
      assert.equal(output.costUsd, 0.25);
    });

  it('is data where the text is, and keeps calls as they are', () => {
    const output = outputOf(
      exchange({}, { text: ' {"a":[1]}', toolCalls: [call, { name: 'g', arguments: '{broken' }] }),
    );
    assert.deepEqual('json' in output ? output.json : undefined, { a: [1] });
    assert.deepEqual(output.toolCalls, [call, { name: 'g', arguments: '{broken' }]);
  });

  for (const [ending, status, code] of [
    ['failed', null, 'network'],
    ['failed', 503, 'server'],
    ['failed', 429, 'rate-limit'],
    ['refused', null, 'rejected'],
    ['timeout', null, 'timeout'],
    ['empty', 200, 'no-output'],
    ['done', 401, 'auth'],
    ['done', 404, 'not-found'],
    ['done', 302, 'bad-request'],
  ] as const)
    it(`is an error (${code}) where the exchange is ${ending} with ${status}`, () => {
      const output = outputOf(exchange({ ending, status, reason: 'why' }));
      assert.deepEqual(output.status === 'error' && [output.error.code, output.error.message], [code, 'why']);
    });

  for (const ending of ['left', 'cut'] as const)
    it(`is incomplete where it was ${ending}, with what came`, () => {
      const output = outputOf(exchange({ ending }, { finishReasons: [] }));
      assert.deepEqual([output.status, output.text], ['incomplete', 'Yes']);
    });

  it('of an agent is its text, its data, or its reply document', () => {
    const agent = { api: 'agent' as const };
    assert.equal(outputOf(exchange(agent, { text: 'Yes' })).text, 'Yes');

    const data = outputOf(exchange(agent, { text: '{"answer":"x"}' }));
    assert.deepEqual('json' in data ? data.json : undefined, { answer: 'x' });

    const document = outputOf(
      exchange(agent, { text: '{"output":"x","tool_calls":[{"name":"f","arguments":{}}]}' }),
    );
    assert.deepEqual([document.text, document.toolCalls.length, document.latencyMs], ['x', 1, 20]);
    assert.equal(outputOf(exchange(agent, { text: null })).status, 'error');
    assert.equal(outputOf(exchange(agent, null)).status, 'error');
  });
});
