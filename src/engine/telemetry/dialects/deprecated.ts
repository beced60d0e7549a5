import type { AgentSpan } from '../../model/agentSpan.ts';
import type { SpanRecord } from '../../model/span.ts';

/** Attributes that OpenTelemetry's conventions have given up, and what took their place. */
const ATTRIBUTES: { readonly [name: string]: string } = {
  'gen_ai.system': 'gen_ai.provider.name',
  'gen_ai.prompt': 'gen_ai.input.messages',
  'gen_ai.completion': 'gen_ai.output.messages',
  'gen_ai.usage.prompt_tokens': 'gen_ai.usage.input_tokens',
  'gen_ai.usage.completion_tokens': 'gen_ai.usage.output_tokens',
  'gen_ai.usage.cache_read_input_tokens': 'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_creation_input_tokens': 'gen_ai.usage.cache_creation.input_tokens',
  'gen_ai.openai.request.response_format': 'gen_ai.output.type',
  'gen_ai.openai.request.seed': 'gen_ai.request.seed',
  'gen_ai.openai.request.service_tier': 'openai.request.service_tier',
  'gen_ai.openai.response.service_tier': 'openai.response.service_tier',
  'gen_ai.openai.response.system_fingerprint': 'openai.response.system_fingerprint',
  'code.filepath': 'code.file.path',
  'code.lineno': 'code.line.number',
  'code.column': 'code.column.number',
  'code.function': 'code.function.name',
  'enduser.id': 'user.id',
};

/** Names with an index in them. */
const PREFIXES: { readonly [prefix: string]: string } = {
  'gen_ai.prompt.': 'gen_ai.input.messages',
  'gen_ai.completion.': 'gen_ai.output.messages',
};

const EVENTS: { readonly [name: string]: string } = {
  'gen_ai.system.message': 'gen_ai.system_instructions',
  'gen_ai.user.message': 'gen_ai.input.messages',
  'gen_ai.assistant.message': 'gen_ai.input.messages',
  'gen_ai.tool.message': 'gen_ai.input.messages',
  'gen_ai.choice': 'gen_ai.output.messages',
  'gen_ai.content.prompt': 'gen_ai.input.messages',
  'gen_ai.content.completion': 'gen_ai.output.messages',
};

export function deprecatedNames({ attributes, events }: SpanRecord): AgentSpan['deprecated'] {
  const found = new Map<string, string>();
  for (const name of Object.keys(attributes)) {
    const prefix = Object.keys(PREFIXES).find((start) => name.startsWith(start));
    if (Object.hasOwn(ATTRIBUTES, name)) found.set(name, ATTRIBUTES[name] ?? '');
    else if (prefix !== undefined) found.set(`${prefix}N`, PREFIXES[prefix] ?? '');
  }
  for (const { name } of events) if (Object.hasOwn(EVENTS, name)) found.set(name, EVENTS[name] ?? '');

  return [...found].map(([name, instead]) => ({ name, instead }));
}
