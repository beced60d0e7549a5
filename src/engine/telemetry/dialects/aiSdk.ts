import type { SpanContent, SpanPart, SpanRole } from '../../model/agentSpan.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { messagesContent, readContent, readMessages, textMessage, toolCall } from './messages.ts';
import type { SpanFields } from './spanFields.ts';

const OPERATIONS: { readonly [operation: string]: SpanRole } = {
  'ai.toolCall': 'tool',
  'ai.embed.doEmbed': 'embedding',
  'ai.embedMany.doEmbed': 'embedding',
  'ai.generateText': 'agent',
  'ai.streamText': 'agent',
  'ai.generateObject': 'agent',
  'ai.streamObject': 'agent',
};

/** Vercel's AI SDK, versions 4 to 6, and the older telemetry of version 7: everything under `ai.`. */
export const aiSdk: Dialect = {
  convention: 'Vercel AI SDK',
  prefixes: ['ai.'],

  read(fields) {
    const operation = fields.text('ai.operationId');
    const role =
      roleBy(OPERATIONS, operation) ?? (/\.do(Generate|Stream)$/.test(operation ?? '') ? 'model' : null);
    const tool = fields.text('ai.toolCall.name');
    const agent = fields.text('ai.telemetry.functionId');
    const facts = {
      role,
      title: role === 'tool' ? tool : role === 'agent' ? agent : null,
      provider: fields.text('ai.model.provider'),
      model: fields.text('ai.response.model', 'ai.model.id'),
      tokens: {
        input: fields.count('ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
        output: fields.count('ai.usage.outputTokens', 'ai.usage.completionTokens'),
        cached: fields.count('ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'),
        cacheWrite: fields.count('ai.usage.inputTokenDetails.cacheWriteTokens'),
        reasoning: fields.count('ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'),
      },
      firstTokenMs: fields.count('ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'),
      finishReasons: fields.texts('ai.response.finishReason', 'ai.finishReason'),
      responseId: fields.text('ai.response.id'),
      agent,
      session: fields.text('ai.telemetry.metadata.sessionId', 'ai.telemetry.metadata.session_id'),
      user: fields.text('ai.telemetry.metadata.userId', 'ai.telemetry.metadata.user_id'),
      input: inputOf(fields),
      output: outputOf(fields),
      ...(role === 'tool'
        ? {
            tool: {
              name: tool,
              callId: fields.text('ai.toolCall.id'),
              arguments: fields.json('ai.toolCall.args', 'ai.toolCall.input'),
              result: fields.json('ai.toolCall.result', 'ai.toolCall.output'),
            },
          }
        : {}),
    };

    // Settings, headers and metadata are shown as they are.
    for (const prefix of [
      'ai.settings.',
      'ai.request.',
      'ai.telemetry.',
      'ai.prompt.',
      'ai.response.',
      'ai.usage.',
    ])
      fields.under(prefix);
    fields.text('operation.name', 'resource.name');
    return facts;
  },
};

function inputOf(fields: SpanFields): SpanContent | null {
  const messages = readMessages(fields.json('ai.prompt.messages'));
  if (messages) return messagesContent(messages);

  const prompt = fields.json('ai.prompt', 'ai.value', 'ai.values');
  if (!isJsonObject(prompt)) return readContent(prompt);
  const system = typeof prompt['system'] === 'string' ? [textMessage('system', prompt['system'])] : [];
  const said = typeof prompt['prompt'] === 'string' ? [textMessage('user', prompt['prompt'])] : null;
  const given = said ?? readMessages(prompt['messages'] ?? prompt['prompt']);
  return given ? messagesContent([...system, ...given]) : readContent(prompt);
}

function outputOf(fields: SpanFields): SpanContent | null {
  const text = fields.text('ai.response.text', 'ai.result.text');
  const thought = fields.text('ai.response.reasoning');
  const calls = fields.json('ai.response.toolCalls', 'ai.result.toolCalls');
  const object = fields.json('ai.response.object', 'ai.result.object');
  const parts: SpanPart[] = [
    ...(thought === null ? [] : [{ type: 'reasoning' as const, text: thought }]),
    ...(text === null ? [] : [{ type: 'text' as const, text }]),
    ...callParts(calls),
  ];
  if (parts.length > 0) return messagesContent([{ role: 'assistant', parts }]);
  return readContent(object);
}

function callParts(calls: JsonValue | undefined): SpanPart[] {
  return Array.isArray(calls) ? calls.flatMap((call) => (isJsonObject(call) ? [toolCall(call)] : [])) : [];
}
