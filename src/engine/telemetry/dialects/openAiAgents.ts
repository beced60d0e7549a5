import type { SpanRole } from '../../model/agentSpan.ts';
import { OPENAI_AGENTS } from '../attributes.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { parsed } from './embeddedJson.ts';
import { countIn, fieldOf, textIn } from './jsonFields.ts';
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
    const inner = fieldOf(data, 'data');
    const usage = fieldOf(data, 'usage') ?? fieldOf(inner, 'usage');
    const name = textIn(data, 'name');
    const input = parsed(fieldOf(data, 'input'));
    const output = parsed(fieldOf(data, 'output'));
    return {
      role,
      title: role === 'tool' || role === 'agent' ? name : null,
      model: textIn(data, 'model'),
      tokens: {
        input: countIn(usage, 'input_tokens'),
        output: countIn(usage, 'output_tokens'),
        cached: countIn(usage, 'cached_input_tokens'),
        cacheWrite: countIn(usage, 'cache_write_input_tokens'),
      },
      responseId: textIn(data, 'response_id'),
      agent: role === 'agent' ? name : textIn(inner, 'agent_name'),
      session: fields.text(OPENAI_AGENTS.group),
      input: readContent(input),
      output: readContent(output),
      ...(role === 'tool' ? { tool: { name, arguments: input, result: output } } : {}),
    };
  },
};
