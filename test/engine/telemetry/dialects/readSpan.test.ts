import assert from 'node:assert/strict';
import type { SpanRole } from '../../../../src/engine/model/agentSpan.ts';
import type { JsonObject } from '../../../../src/engine/model/json.ts';
import type { LogRecord } from '../../../../src/engine/model/span.ts';
import { readSpan } from '../../../../src/engine/telemetry/dialects/readSpan.ts';

function read(attributes: JsonObject, over = {}, logs: LogRecord[] = []) {
  return readSpan(
    {
      traceId: 't',
      spanId: 's',
      parentSpanId: null,
      name: 'span',
      kind: 'internal',
      startMs: 1000,
      endMs: 2000,
      status: 'unset',
      attributes,
      events: [],
      links: [],
      service: 'agent',
      ...over,
    },
    logs,
  );
}

describe('what a span is', () => {
  const roles: [JsonObject, SpanRole][] = [
    [{ 'gen_ai.operation.name': 'chat', 'gen_ai.agent.name': 'support' }, 'model'],
    [{ 'gen_ai.operation.name': 'generate_content' }, 'model'],
    [{ 'gen_ai.operation.name': 'embeddings' }, 'embedding'],
    [{ 'gen_ai.operation.name': 'retrieval' }, 'retrieval'],
    [{ 'gen_ai.operation.name': 'execute_tool', 'openinference.span.kind': 'CHAIN' }, 'tool'],
    [{ 'gen_ai.operation.name': 'invoke_workflow' }, 'agent'],
    [{ 'gen_ai.operation.name': 'model_step', 'mastra.span.type': 'model_inference' }, 'model'],
    [{ 'gen_ai.evaluation.name': 'relevance' }, 'evaluator'],
    [{ 'openinference.span.kind': 'GUARDRAIL' }, 'guardrail'],
    [{ 'openinference.span.kind': 'RERANKER' }, 'retrieval'],
    [{ 'traceloop.span.kind': 'workflow' }, 'agent'],
    [{ 'llm.request.type': 'completion' }, 'model'],
    [{ 'ai.operationId': 'ai.streamText.doStream' }, 'model'],
    [{ 'ai.operationId': 'ai.embedMany.doEmbed' }, 'embedding'],
    [{ 'langfuse.observation.type': 'generation' }, 'model'],
    [{ 'langsmith.span.kind': 'retriever' }, 'retrieval'],
    [{ 'mcp.method.name': 'tools/call' }, 'tool'],
    [{ 'mcp.method.name': 'tools/list' }, 'other'],
    [{ 'gen_ai.agent.name': 'support', 'gen_ai.agent.id': 'x' }, 'other'],
    [{ 'gen_ai.request.model': 'm', 'gen_ai.usage.completion_tokens': 3 }, 'model'],
    [{ 'http.request.method': 'GET' }, 'other'],
  ];

  for (const [attributes, role] of roles) {
    it(`${JSON.stringify(attributes)}: ${role}`, () => assert.equal(read(attributes).role, role));
  }
});

describe('what a span says', () => {
  it('tokens under the names of today, of former days, and of each framework', () => {
    for (const attributes of [
      { 'gen_ai.usage.input_tokens': 9, 'gen_ai.usage.output_tokens': '4' },
      { 'gen_ai.usage.prompt_tokens': 9, 'gen_ai.usage.completion_tokens': 4 },
      { 'llm.token_count.prompt': 9, 'llm.token_count.completion': 4 },
      { 'ai.usage.promptTokens': 9, 'ai.usage.completionTokens': 4 },
      { 'langfuse.observation.usage_details': '{"input":9,"output":4,"total":13}' },
      { 'langsmith.usage_metadata': { input_tokens: 9, output_tokens: 4 } },
    ]) {
      const { tokens } = read(attributes);
      assert.deepEqual([tokens?.input, tokens?.output], [9, 4], JSON.stringify(attributes));
    }
  });

  it('no tokens where it has none, or they are no counts', () => {
    for (const attributes of [
      {},
      { 'gen_ai.usage.input_tokens': 'many' },
      { 'gen_ai.usage.input_tokens': -1 },
      { 'gen_ai.usage.input_tokens': 0.5 },
      { 'gen_ai.usage.input_tokens': '9223372036854775807' },
      { 'gen_ai.usage.output_tokens': 1e308 },
      { 'langfuse.observation.usage_details': '{"input":1.5}' },
      { 'langsmith.usage_metadata': { input_tokens: 1e300 } },
    ])
      assert.equal(read({ 'gen_ai.operation.name': 'chat', ...attributes }).tokens, null);
    assert.deepEqual(read({ 'gen_ai.usage.input_tokens': 0 }).tokens?.input, 0);
  });

  it('a conversation with an attribute for each field', () => {
    const { input, output, deprecated } = read({
      'gen_ai.prompt.0.role': 'user',
      'gen_ai.prompt.0.content': 'Where is A1?',
      'gen_ai.prompt.10.role': 'tool',
      'gen_ai.prompt.10.content': '{"a":1}',
      'gen_ai.prompt.10.tool_call_id': 'c1',
      'gen_ai.completion.0.role': 'assistant',
      'gen_ai.completion.0.tool_calls.0.name': 'look',
      'gen_ai.completion.0.tool_calls.0.arguments': '{"id":"A1"}',
    });

    assert.deepEqual(input, {
      kind: 'messages',
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'Where is A1?' }] },
        { role: 'tool', parts: [{ type: 'tool-result', id: 'c1', name: null, result: { a: 1 } }] },
      ],
    });
    assert.deepEqual(output, {
      kind: 'messages',
      messages: [
        {
          role: 'assistant',
          parts: [{ type: 'tool-call', id: null, name: 'look', arguments: { id: 'A1' } }],
        },
      ],
    });
    assert.deepEqual(
      deprecated.map(({ name }) => name),
      ['gen_ai.prompt.N', 'gen_ai.completion.N'],
    );
  });

  it('messages in parts, the result of a tool under either of its names', () => {
    for (const key of ['response', 'result']) {
      const { input } = read({
        'gen_ai.system_instructions': 'Be brief.',
        'gen_ai.input.messages': [
          { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', [key]: '{"x":2}' }] },
        ],
      });
      assert.deepEqual(input, {
        kind: 'messages',
        messages: [
          { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
          { role: 'tool', parts: [{ type: 'tool-result', id: 'c', name: null, result: { x: 2 } }] },
        ],
      });
    }
  });

  it('the conversation in its log records, where the span has none', () => {
    const log = (event: string, body: JsonObject): LogRecord => ({
      timeMs: 0,
      level: 'info',
      message: '',
      traceId: 't',
      spanId: 's',
      fields: {},
      event,
      body,
    });
    const { input, output } = read({ 'gen_ai.operation.name': 'chat' }, {}, [
      log('gen_ai.system.message', { content: 'Be brief.' }),
      log('gen_ai.user.message', { content: 'Hello' }),
      log('gen_ai.choice', {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{"id":1}' } }],
        },
      }),
    ]);

    assert.deepEqual(input?.kind === 'messages' && input.messages.map(({ role }) => role), [
      'system',
      'user',
    ]);
    assert.deepEqual(output?.kind === 'messages' && output.messages[0]?.parts, [
      { type: 'tool-call', id: 'c', name: 'look', arguments: { id: 1 } },
    ]);
  });

  it('JSON that was cut, as far as it goes, and that it was', () => {
    const { input, cut } = read({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.prompt.messages': '[{"role":"user","content":"Hello"},{"role":"assistant","content":[{"type":"te',
    });
    assert.ok(input?.kind === 'messages');
    assert.deepEqual(input.messages[0], { role: 'user', parts: [{ type: 'text', text: 'Hello' }] });
    assert.deepEqual(cut, ['ai.prompt.messages']);
  });

  it('no prototype of anything, from JSON of whatever kind', () => {
    for (const text of [
      '{"__proto__":{"polluted":1}}',
      '{"__proto__":{"polluted":1',
      '[{"role":"user","__proto__":{"polluted":1}',
    ]) {
      read({ 'gen_ai.input.messages': text, 'genkit:type': 'util', 'genkit:input': text });
      assert.equal(({} as { polluted?: number }).polluted, undefined);
    }
    read({ 'gen_ai.prompt.__proto__.polluted': 1, 'gen_ai.prompt.0.__proto__': { polluted: 1 } });
    assert.equal(({} as { polluted?: number }).polluted, undefined);
  });

  it('where in the code it comes from, under today’s names and the former', () => {
    const now = read({ 'code.file.path': 'src/a.py', 'code.line.number': 7, 'code.function.name': 'answer' });
    const then = read({ 'code.filepath': 'src/a.py', 'code.lineno': 7, 'code.function': 'answer' });
    assert.deepEqual(now.code, { file: 'src/a.py', line: 7, column: null, function: 'answer' });
    assert.deepEqual(then.code, now.code);
  });

  it('what an agent was asked, where another convention says how it was instructed', () => {
    const instructed = { 'gen_ai.system_instructions': 'Use the tools.' };
    const roles = (attributes: Parameters<typeof read>[0]) => {
      const { input } = read({ ...instructed, ...attributes });
      return input?.kind === 'messages' ? input.messages.map(({ role }) => role) : input;
    };
    const mastra = { 'mastra.span.type': 'agent_run' };
    assert.deepEqual(roles({ ...mastra, 'mastra.agent_run.input': 'A refund, please' }), ['system', 'user']);
    const asked = JSON.stringify([{ role: 'user', content: 'A refund, please' }]);
    assert.deepEqual(roles({ ...mastra, 'mastra.agent_run.input': asked }), ['system', 'user']);
    const whole = JSON.stringify([
      { role: 'system', content: 'Use the tools.' },
      { role: 'user', content: 'A refund, please' },
    ]);
    assert.deepEqual(roles({ ...mastra, 'mastra.agent_run.input': whole }), ['system', 'user']);
    assert.deepEqual(roles(mastra), ['system']);
  });

  it('providers under today’s names', () => {
    assert.equal(read({ 'gen_ai.system': 'az.ai.openai' }).provider, 'azure.ai.openai');
    assert.equal(read({ 'gen_ai.provider.name': 'openai', 'gen_ai.system': 'x' }).provider, 'openai');
  });

  it('what went wrong: the exception, and the first line of it', () => {
    const events = [
      {
        name: 'exception',
        timeMs: 0,
        attributes: { 'exception.type': 'TypeError', 'exception.message': 'no\n  at x' },
      },
    ];
    assert.deepEqual(read({}, { status: 'error', events }).error, { type: 'TypeError', message: 'no' });
    assert.deepEqual(read({ 'error.type': '429' }, { status: 'error' }).error, {
      type: '429',
      message: '429',
    });
    assert.equal(read({}, { status: 'ok', events }).error, null);
  });
});
