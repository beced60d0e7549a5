import type { SpanMessage, SpanRole, TokenUse } from '../../model/agentSpan.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SpanRecord } from '../../model/span.ts';
import { type Dialect, roleBy, type SpanFacts } from './dialect.ts';
import { parsed } from './embeddedJson.ts';
import { indexedMessages } from './indexedMessages.ts';
import { messagesContent, readContent, readMessages, textMessage } from './messages.ts';
import type { SpanFields } from './spanFields.ts';

/** `gen_ai.operation.name`, by the conventions and as frameworks add to them. */
const OPERATIONS: { readonly [operation: string]: SpanRole } = {
  chat: 'model',
  generate_content: 'model',
  text_completion: 'model',
  embeddings: 'embedding',
  retrieval: 'retrieval',
  execute_tool: 'tool',
  create_agent: 'agent',
  invoke_agent: 'agent',
  invoke_workflow: 'agent',
  plan: 'other',
  agent_step: 'other',
};

/** Understood, and not shown by themselves. */
const SILENT = [
  'gen_ai.request.',
  'gen_ai.output.type',
  'gen_ai.client.',
  'gen_ai.execute_tool.duration',
  'gen_ai.usage.total_tokens',
  'gen_ai.tool.definitions',
  'gen_ai.tool.type',
  'gen_ai.tool.description',
  'gen_ai.agent.',
  'gen_ai.data_source.id',
  'gen_ai.response.',
  'gen_ai.evaluation.',
  'gen_ai.embeddings.',
  'gen_ai.openai.',
  'gen_ai.token.type',
  'gen_ai.workflow.name',
  'gen_ai.prompt.name',
];

/** OpenTelemetry's conventions for generative AI, of today and of former days. */
export const genAi: Dialect = {
  convention: 'OpenTelemetry GenAI',
  prefixes: ['gen_ai.'],

  read(fields, record) {
    const operation = fields.text('gen_ai.operation.name');
    const tool = toolOf(fields);
    const model = fields.text('gen_ai.response.model') ?? fields.text('gen_ai.request.model');
    fields.raw('gen_ai.request.model');
    const agent = fields.text('gen_ai.agent.name', 'gen_ai.workflow.name');
    const evaluation = fields.text('gen_ai.evaluation.name');
    const role = roleBy(OPERATIONS, operation) ?? (evaluation === null ? null : 'evaluator');
    const provider = fields.text('gen_ai.provider.name', 'gen_ai.system');
    const facts = {
      role,
      title:
        role === 'tool' ? tool.name : role === 'agent' ? agent : role === 'evaluator' ? evaluation : null,
      provider: provider === null ? null : (PROVIDERS[provider] ?? provider),
      model,
      tokens: tokensOf(fields),
      firstTokenMs: seconds(fields.count('gen_ai.response.time_to_first_chunk')),
      finishReasons: fields.texts('gen_ai.response.finish_reasons'),
      responseId: fields.text('gen_ai.response.id'),
      agent,
      tool,
      session: fields.text('gen_ai.conversation.id'),
      ...contentOf(fields, record),
    } satisfies SpanFacts;

    for (const prefix of SILENT) fields.under(prefix);
    return facts;
  },
};

/** Values of `gen_ai.system` that have other names today. */
const PROVIDERS: { readonly [old: string]: string } = {
  vertex_ai: 'gcp.vertex_ai',
  gemini: 'gcp.gemini',
  xai: 'x_ai',
  'az.ai.openai': 'azure.ai.openai',
  'az.ai.inference': 'azure.ai.inference',
};

function toolOf(fields: SpanFields) {
  return {
    name: fields.text('gen_ai.tool.name') ?? undefined,
    callId: fields.text('gen_ai.tool.call.id'),
    arguments: fields.json('gen_ai.tool.call.arguments'),
    result: fields.json('gen_ai.tool.call.result', 'gen_ai.tool.message'),
  };
}

function tokensOf(fields: SpanFields): TokenUse {
  return {
    input: fields.count('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
    output: fields.count('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
    cached: fields.count(
      'gen_ai.usage.cache_read.input_tokens',
      'gen_ai.usage.cache_read_input_tokens',
      'gen_ai.usage.input_tokens.cached',
    ),
    cacheWrite: fields.count(
      'gen_ai.usage.cache_creation.input_tokens',
      'gen_ai.usage.cache_write.input_tokens',
      'gen_ai.usage.cache_creation_input_tokens',
    ),
    reasoning: fields.count(
      'gen_ai.usage.reasoning.output_tokens',
      'gen_ai.usage.reasoning_tokens',
      'gen_ai.usage.output_tokens.reasoning',
    ),
  };
}

function contentOf(fields: SpanFields, record: SpanRecord): Pick<SpanFacts, 'input' | 'output'> {
  const told = fromAttributes(fields);
  const events = fromEvents(record.events.map(({ name, attributes }) => ({ name, body: attributes })));
  return { input: told.input ?? events.input, output: told.output ?? events.output };
}

function fromAttributes(fields: SpanFields): Pick<SpanFacts, 'input' | 'output'> {
  const instructions = instructionsOf(fields.json('gen_ai.system_instructions'));
  const given = fields.json('gen_ai.input.messages', 'gen_ai.prompt');
  const messages = readMessages(given) ?? indexedMessages(fields, 'gen_ai.prompt.');
  const whole = fields.json('gen_ai.output.messages', 'gen_ai.completion');
  const answers = readMessages(whole) ?? indexedMessages(fields, 'gen_ai.completion.');
  const input = messages ? messagesContent([...instructions, ...messages]) : readContent(given);

  return {
    input: input ?? messagesContent(instructions),
    output: answers ? messagesContent(answers) : readContent(whole),
  };
}

/** The system's instructions are a text, parts, or whole messages. */
function instructionsOf(value: JsonValue | undefined): SpanMessage[] {
  if (typeof value === 'string' && value !== '') return [textMessage('system', value)];
  if (!Array.isArray(value) || value.length === 0) return [];
  return readMessages([{ role: 'system', parts: value }]) ?? [];
}

const ROLE_EVENT = /^gen_ai\.(system|user|assistant|tool)\.message$/;

/** Content in events of the span, or in log records that belong to it: how it was sent first, and may be sent today. */
export function fromEvents(
  events: readonly { name: string; body: JsonObject }[],
): Pick<SpanFacts, 'input' | 'output'> {
  const input: SpanMessage[] = [];
  const output: SpanMessage[] = [];

  for (const { name, body } of events) {
    const role = ROLE_EVENT.exec(name)?.[1];
    if (role !== undefined) {
      input.push(...(readMessages([{ role, content: '', ...unpacked(body) }]) ?? []));
    } else if (name === 'gen_ai.choice') {
      const message = parsed(body['message']) ?? unpacked(body);
      output.push(...(readMessages([{ role: 'assistant', content: '', ...(message as JsonObject) }]) ?? []));
    } else if (name === 'gen_ai.client.inference.operation.details') {
      input.push(...instructionsOf(parsed(body['gen_ai.system_instructions'])));
      input.push(...(readMessages(body['gen_ai.input.messages']) ?? []));
      output.push(...(readMessages(body['gen_ai.output.messages']) ?? []));
    } else if (name === 'gen_ai.content.prompt') {
      input.push(...(readMessages(body['gen_ai.prompt']) ?? []));
    } else if (name === 'gen_ai.content.completion') {
      output.push(...(readMessages(body['gen_ai.completion']) ?? []));
    }
  }

  return { input: messagesContent(input), output: messagesContent(output) };
}

/** Attributes of an event are flat: their values may be JSON. */
function unpacked(body: JsonObject): JsonObject {
  const message: JsonObject = {};
  for (const key of ['role', 'content', 'name', 'id', 'tool_calls'] as const) {
    const value = parsed(body[key]);
    if (value !== undefined) message[key === 'id' ? 'tool_call_id' : key] = value;
  }
  return message;
}

function seconds(value: number | null): number | null {
  return value === null ? null : value * 1000;
}
