import type { SpanRole } from '../../model/agentSpan.ts';
import type { SpanRecord } from '../../model/span.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { countIn } from './jsonFields.ts';
import { readContent } from './messages.ts';

const TYPES: { readonly [type: string]: SpanRole } = {
  generation: 'model',
  embedding: 'embedding',
  agent: 'agent',
  tool: 'tool',
  retriever: 'retrieval',
  evaluator: 'evaluator',
  guardrail: 'guardrail',
  chain: 'other',
  span: 'other',
  event: 'other',
};

/** Langfuse's own attributes, as its SDKs send them. */
export const langfuse: Dialect = {
  convention: 'Langfuse',
  prefixes: ['langfuse.'],

  read(fields, record) {
    const role = roleBy(TYPES, fields.text('langfuse.observation.type'));
    const input = fields.json('langfuse.observation.input', 'langfuse.trace.input');
    const output = fields.json('langfuse.observation.output', 'langfuse.trace.output');
    const usage = fields.json('langfuse.observation.usage_details');
    const message = fields.text('langfuse.observation.status_message');
    const failed = fields.text('langfuse.observation.level') === 'ERROR';
    const facts = {
      role,
      title: role === 'tool' || role === 'agent' ? record.name : null,
      model: fields.text('langfuse.observation.model.name'),
      tokens: {
        input: countIn(usage, 'input'),
        output: countIn(usage, 'output'),
        cached: countIn(usage, 'input_cached_tokens') ?? countIn(usage, 'cache_read_input_tokens'),
        reasoning: countIn(usage, 'output_reasoning_tokens'),
      },
      reportedUsd: countIn(fields.json('langfuse.observation.cost_details'), 'total'),
      firstTokenMs: since(record, fields.text('langfuse.observation.completion_start_time')),
      session: fields.text('langfuse.session.id', 'session.id'),
      user: fields.text('langfuse.user.id', 'user.id'),
      input: readContent(input),
      output: readContent(output),
      error: failed ? { type: null, message: message ?? 'failed' } : null,
      ...(role === 'tool' ? { tool: { name: record.name, arguments: input, result: output } } : {}),
    };

    fields.under('langfuse.');
    return facts;
  },
};

/** Milliseconds from the start of the span to a date that may be written as a text within a text. */
export function since(record: SpanRecord, date: string | null): number | null {
  const at = date === null ? Number.NaN : Date.parse(date.replaceAll('"', ''));
  return Number.isNaN(at) || at < record.startMs ? null : at - record.startMs;
}
