import { createHash } from 'node:crypto';

/** Spans of one trace: an agent that asks a model and calls tools. */
export const SPANS_A_TRACE = 8;

/** The ids of a span, from its number: whoever checks what was stored makes them again. */
export function idsOf(index: number): { traceId: string; spanId: string } {
  const trace = digest(`trace ${Math.floor(index / SPANS_A_TRACE)}`);
  return { traceId: trace.slice(0, 32), spanId: digest(`span ${index}`).slice(0, 16) };
}

/** An export request in OTLP/JSON with spans of 20 attributes, among them a question and an answer. */
export function agentRequest(first: number, count: number, startMs: number): object {
  const spans = Array.from({ length: count }, (_, at) => agentSpan(first + at, startMs));
  const attributes = [text('service.name', 'agent'), text('service.version', '1.4.0')];
  return {
    resourceSpans: [
      { resource: { attributes }, scopeSpans: [{ scope: { name: 'agent', version: '1' }, spans }] },
    ],
  };
}

function agentSpan(index: number, startMs: number): object {
  const { traceId, spanId } = idsOf(index);
  const place = index % SPANS_A_TRACE;
  const start = BigInt(Math.round(startMs)) * 1_000_000n + BigInt(index) * 1000n;
  return {
    traceId,
    spanId,
    ...(place === 0 ? {} : { parentSpanId: idsOf(index - place).spanId }),
    name: place === 0 ? 'invoke_agent support' : 'chat gpt-5-mini',
    kind: place === 0 ? 1 : 3,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 900_000_000n),
    attributes: attributesOf(index, place),
    status: { code: 1 },
  };
}

function attributesOf(index: number, place: number): object[] {
  const question = `Where is order ${index}? ${'It was promised for last week. '.repeat(6)}`;
  const answer = `Order ${index} is on its way. ${'It will be there on Friday. '.repeat(4)}`;
  return [
    text('gen_ai.operation.name', place === 0 ? 'invoke_agent' : 'chat'),
    text('gen_ai.provider.name', 'openai'),
    text('gen_ai.request.model', 'gpt-5-mini'),
    text('gen_ai.response.model', 'gpt-5-mini-2026-01-01'),
    text('gen_ai.response.id', `chatcmpl-${index}`),
    whole('gen_ai.usage.input_tokens', 100 + (index % 50)),
    whole('gen_ai.usage.output_tokens', 20 + (index % 9)),
    { key: 'gen_ai.request.temperature', value: { doubleValue: 0.2 } },
    {
      key: 'gen_ai.response.finish_reasons',
      value: { arrayValue: { values: [{ stringValue: 'stop' }] } },
    },
    text('gen_ai.input.messages', messages('user', question)),
    text('gen_ai.output.messages', messages('assistant', answer)),
    text('gen_ai.conversation.id', `conversation-${Math.floor(index / 64)}`),
    text('server.address', 'api.openai.com'),
    whole('server.port', 443),
    text('user.id', `user-${index % 100}`),
    text('code.function.name', 'answer'),
    text('code.file.path', 'src/agent/answer.ts'),
    whole('code.line.number', 42),
    text('thread.name', 'main'),
    text('deployment.environment.name', 'development'),
  ];
}

function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
}

function text(key: string, stringValue: string) {
  return { key, value: { stringValue } };
}

function whole(key: string, intValue: number) {
  return { key, value: { intValue } };
}

function digest(seed: string): string {
  return createHash('sha256').update(seed).digest('hex');
}
