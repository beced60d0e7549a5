import type { SpanMessage, SpanRole, TokenUse } from '../../model/agentSpan.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SpanRecord } from '../../model/span.ts';
import { GEN_AI, GEN_AI_EVENT, GEN_AI_FORMER } from '../attributes.ts';
import { byName } from './byName.ts';
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
  GEN_AI.requestPrefix,
  GEN_AI.outputType,
  GEN_AI.clientPrefix,
  GEN_AI.executeToolDuration,
  GEN_AI_FORMER.usageTotalTokens,
  GEN_AI.toolDefinitions,
  GEN_AI.toolType,
  GEN_AI.toolDescription,
  GEN_AI.agentPrefix,
  GEN_AI.dataSourceId,
  GEN_AI.responsePrefix,
  GEN_AI.evaluationPrefix,
  GEN_AI.embeddingsPrefix,
  GEN_AI_FORMER.openaiPrefix,
  GEN_AI.tokenType,
  GEN_AI.workflowName,
  GEN_AI.promptName,
];

const isSilent = byName((name) => SILENT.some((prefix) => name.startsWith(prefix)));

/** OpenTelemetry's conventions for generative AI, of today and of former days. */
export const genAi: Dialect = {
  convention: 'OpenTelemetry GenAI',
  prefixes: [GEN_AI.prefix],

  read(fields, record) {
    const operation = fields.text(GEN_AI.operationName);
    const tool = toolOf(fields);
    const model = fields.text(GEN_AI.responseModel) ?? fields.text(GEN_AI.requestModel);
    fields.raw(GEN_AI.requestModel);
    const agent = fields.text(GEN_AI.agentName, GEN_AI.workflowName);
    const evaluation = fields.text(GEN_AI.evaluationName);
    const role = roleBy(OPERATIONS, operation) ?? (evaluation === null ? null : 'evaluator');
    const provider = fields.text(GEN_AI.providerName, GEN_AI_FORMER.system);
    const facts = {
      role,
      title:
        role === 'tool' ? tool.name : role === 'agent' ? agent : role === 'evaluator' ? evaluation : null,
      provider: provider !== null && Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : provider,
      model,
      tokens: tokensOf(fields),
      firstTokenMs: seconds(fields.count(GEN_AI.responseTimeToFirstChunk)),
      finishReasons: fields.texts(GEN_AI.responseFinishReasons),
      responseId: fields.text(GEN_AI.responseId),
      agent,
      tool,
      session: fields.text(GEN_AI.conversationId),
      ...contentOf(fields, record),
    } satisfies SpanFacts;

    fields.understand(isSilent);
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
    name: fields.text(GEN_AI.toolName) ?? undefined,
    callId: fields.text(GEN_AI.toolCallId),
    arguments: fields.json(GEN_AI.toolCallArguments),
    result: fields.json(GEN_AI.toolCallResult, GEN_AI_EVENT.toolMessage),
  };
}

function tokensOf(fields: SpanFields): TokenUse {
  return {
    input: fields.count(GEN_AI.inputTokens, GEN_AI_FORMER.usagePromptTokens),
    output: fields.count(GEN_AI.outputTokens, GEN_AI_FORMER.usageCompletionTokens),
    cached: fields.count(
      GEN_AI.cacheReadTokens,
      GEN_AI_FORMER.usageCacheReadInputTokens,
      GEN_AI_FORMER.usageInputTokensCached,
    ),
    cacheWrite: fields.count(
      GEN_AI.cacheCreationTokens,
      GEN_AI.usageCacheWriteInputTokens,
      GEN_AI_FORMER.usageCacheCreationInputTokens,
    ),
    reasoning: fields.count(
      GEN_AI.usageReasoningOutputTokens,
      GEN_AI_FORMER.usageReasoningTokens,
      GEN_AI_FORMER.usageOutputTokensReasoning,
    ),
  };
}

function contentOf(fields: SpanFields, record: SpanRecord): Pick<SpanFacts, 'input' | 'output'> {
  const told = fromAttributes(fields);
  const events = fromEvents(record.events.map(({ name, attributes }) => ({ name, body: attributes })));
  return { input: told.input ?? events.input, output: told.output ?? events.output };
}

function fromAttributes(fields: SpanFields): Pick<SpanFacts, 'input' | 'output'> {
  const instructions = instructionsOf(fields.json(GEN_AI.systemInstructions));
  const given = fields.json(GEN_AI.inputMessages, GEN_AI_FORMER.prompt);
  const messages = readMessages(given) ?? indexedMessages(fields, GEN_AI_FORMER.promptPrefix);
  const whole = fields.json(GEN_AI.outputMessages, GEN_AI_FORMER.completion);
  const answers = readMessages(whole) ?? indexedMessages(fields, GEN_AI_FORMER.completionPrefix);
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
    } else if (name === GEN_AI_EVENT.choice) {
      const message = parsed(body['message']) ?? unpacked(body);
      output.push(...(readMessages([{ role: 'assistant', content: '', ...(message as JsonObject) }]) ?? []));
    } else if (name === GEN_AI_EVENT.clientInferenceOperationDetails) {
      input.push(...instructionsOf(parsed(body[GEN_AI.systemInstructions])));
      input.push(...(readMessages(body[GEN_AI.inputMessages]) ?? []));
      output.push(...(readMessages(body[GEN_AI.outputMessages]) ?? []));
    } else if (name === GEN_AI_EVENT.contentPrompt) {
      input.push(...(readMessages(body[GEN_AI_FORMER.prompt]) ?? []));
    } else if (name === GEN_AI_EVENT.contentCompletion) {
      output.push(...(readMessages(body[GEN_AI_FORMER.completion]) ?? []));
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
