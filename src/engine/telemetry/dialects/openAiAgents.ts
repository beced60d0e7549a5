import type { SpanRole } from '../../model/agentSpan.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { OPENAI_AGENTS } from '../attributes.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { parsed } from './embeddedJson.ts';
import { readContent } from './messages.ts';

const TYPES: { readonly [type: string]: SpanRole } = {
  agent: 'agent',
  generation: 'model',
  response: 'model',
  function: 'tool',
  guardrail: 'guardrail',
  handoff: 'other',
  custom: 'other',
};

/** The OpenAI Agents SDK, which knows no OpenTelemetry: what its own spans say, once they have been imported. */
export const openAiAgents: Dialect = {
  convention: 'OpenAI Agents',
  prefixes: ['openai_agents.'],

  read(fields) {
    const role = roleBy(TYPES, fields.text(OPENAI_AGENTS.type));
    const data = fields.json(OPENAI_AGENTS.data);
    const inner = field(data, 'data');
    const usage = field(data, 'usage') ?? field(inner, 'usage');
    const name = textOf(field(data, 'name'));
    const input = parsed(field(data, 'input'));
    const output = parsed(field(data, 'output'));
    return {
      role,
      title: role === 'tool' || role === 'agent' ? name : null,
      model: textOf(field(data, 'model')),
      tokens: {
        input: count(usage, 'input_tokens'),
        output: count(usage, 'output_tokens'),
        cached: count(usage, 'cached_input_tokens'),
        cacheWrite: count(usage, 'cache_write_input_tokens'),
      },
      responseId: textOf(field(data, 'response_id')),
      agent: role === 'agent' ? name : textOf(field(inner, 'agent_name')),
      session: fields.text(OPENAI_AGENTS.group),
      input: readContent(input),
      output: readContent(output),
      ...(role === 'tool' ? { tool: { name, arguments: input, result: output } } : {}),
    };
  },
};

function field(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? (value[name] ?? undefined) : undefined;
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function count(usage: JsonValue | undefined, name: string): number | null {
  const value = field(usage, name);
  return typeof value === 'number' && value >= 0 ? value : null;
}
