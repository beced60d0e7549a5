import type { SpanContent, SpanRole } from '../../model/agentSpan.ts';
import type { JsonValue } from '../../model/json.ts';
import { type Dialect, roleBy, type SpanFacts } from './dialect.ts';
import { parsed } from './embeddedJson.ts';
import { indexedMessages } from './indexedMessages.ts';
import { fieldOf } from './jsonFields.ts';
import { messagesContent, readContent, readMessages } from './messages.ts';
import type { SpanFields } from './spanFields.ts';

const KINDS: { readonly [kind: string]: SpanRole } = {
  LLM: 'model',
  EMBEDDING: 'embedding',
  RETRIEVER: 'retrieval',
  RERANKER: 'retrieval',
  TOOL: 'tool',
  AGENT: 'agent',
  GUARDRAIL: 'guardrail',
  EVALUATOR: 'evaluator',
  CHAIN: 'other',
  PROMPT: 'other',
};

const SILENT = [
  'llm.invocation_parameters',
  'llm.token_count.',
  'llm.cost.',
  'llm.tools.',
  'llm.prompt_template.',
  'llm.prompts',
  'llm.choices',
  'llm.function_call',
  'embedding.',
  'retrieval.',
  'reranker.',
  'document.',
  'tool.description',
  'tool.id',
  'graph.node.',
  'openinference.',
  'input.mime_type',
  'output.mime_type',
];

/** Arize's OpenInference: one kind for each span, and messages with an attribute for each field. */
export const openInference: Dialect = {
  convention: 'OpenInference',
  prefixes: [
    'openinference.',
    'llm.',
    'embedding.',
    'retrieval.',
    'reranker.',
    'input.value',
    'output.value',
  ],

  read(fields, record) {
    const kind = fields.text('openinference.span.kind');
    const role = roleBy(KINDS, kind?.toUpperCase() ?? null);
    const input = fields.json('input.value');
    const output = langChainResult(fields.json('output.value'));
    const named = fieldOf(fields.json('metadata'), 'lc_agent_name');
    const isAgent = role === 'other' && named === record.name;
    const isTool = role === 'tool';
    const name = fields.text('tool.name') ?? (isTool || isAgent ? record.name : null);

    const facts = {
      role: isAgent ? 'agent' : role,
      title: isTool || isAgent ? name : null,
      provider: fields.text('llm.provider', 'llm.system'),
      model: fields.text('llm.model_name', 'embedding.model_name', 'reranker.model_name'),
      tokens: {
        input: fields.count('llm.token_count.prompt'),
        output: fields.count('llm.token_count.completion'),
        cached: fields.count('llm.token_count.prompt_details.cache_read'),
        cacheWrite: fields.count('llm.token_count.prompt_details.cache_write'),
        reasoning: fields.count('llm.token_count.completion_details.reasoning'),
      },
      reportedUsd: fields.count('llm.cost.total'),
      finishReasons: fields.texts('llm.finish_reason'),
      agent: fields.text('agent.name') ?? (typeof named === 'string' ? named : null),
      session: fields.text('session.id'),
      user: fields.text('user.id'),
      input: messagesOf(fields, 'llm.input_messages.', input) ?? readContent(input),
      output: messagesOf(fields, 'llm.output_messages.', undefined) ?? readContent(output),
      ...(isTool
        ? { tool: { name, arguments: fields.json('tool.parameters') ?? input, result: output } }
        : {}),
    } satisfies SpanFacts;

    for (const prefix of SILENT) fields.under(prefix);
    return facts;
  },
};

/** LangChain hands a tool's result on in a message of its own, written as the constructor that makes it. */
function langChainResult(value: JsonValue | undefined): JsonValue | undefined {
  const content = fieldOf(fieldOf(fieldOf(value, 'output') ?? value, 'kwargs'), 'content');
  return typeof content === 'string' ? parsed(content) : value;
}

/** LangChain's instrumentation leaves out content that is made of parts; the value as a whole then has it. */
function messagesOf(fields: SpanFields, prefix: string, whole: JsonValue | undefined): SpanContent | null {
  const messages = indexedMessages(fields, prefix) ?? [];
  if (messages.every(({ parts }) => parts.length > 0)) return messagesContent(messages);

  const given = fieldOf(whole, 'messages');
  const complete = readMessages(Array.isArray(given) && Array.isArray(given[0]) ? given[0] : given);
  return messagesContent(complete?.length === messages.length ? complete : messages);
}
