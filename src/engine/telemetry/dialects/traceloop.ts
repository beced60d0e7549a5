import type { SpanRole } from '../../model/agentSpan.ts';
import { isJsonObject, type JsonValue } from '../../model/json.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { readContent } from './messages.ts';

const KINDS: { readonly [kind: string]: SpanRole } = {
  workflow: 'agent',
  agent: 'agent',
  tool: 'tool',
  task: 'other',
};

const REQUESTS: { readonly [type: string]: SpanRole } = {
  chat: 'model',
  completion: 'model',
  embedding: 'embedding',
  rerank: 'retrieval',
};

/** OpenLLMetry by Traceloop: its own names around OpenTelemetry's. */
export const traceloop: Dialect = {
  convention: 'Traceloop',
  prefixes: ['traceloop.', 'llm.request.type', 'llm.usage.'],

  read(fields) {
    const kind = fields.text('traceloop.span.kind');
    const role = roleBy(KINDS, kind) ?? roleBy(REQUESTS, fields.text('llm.request.type'));
    const name = fields.text('traceloop.entity.name');
    const input = fields.json('traceloop.entity.input');
    const output = fields.json('traceloop.entity.output');
    fields.under('traceloop.');
    fields.under('llm.usage.');

    return {
      role,
      title: role === 'tool' || role === 'agent' ? name : null,
      agent: fields.text('traceloop.workflow.name'),
      session: fields.text(
        'traceloop.association.properties.session_id',
        'traceloop.association.properties.thread_id',
        'traceloop.association.properties.chat_id',
      ),
      user: fields.text('traceloop.association.properties.user_id'),
      input: readContent(input),
      output: readContent(output),
      ...(role === 'tool' ? { tool: { name, arguments: argumentsOf(input), result: output } } : {}),
    };
  },
};

/** `{ args, kwargs }`, as its decorators have them. */
function argumentsOf(input: JsonValue | undefined): JsonValue | undefined {
  if (!isJsonObject(input)) return input;
  const { args, kwargs } = input;
  if (isJsonObject(kwargs) && Object.keys(kwargs).length > 0) return kwargs;
  if (Array.isArray(args)) return args.length === 1 ? args[0] : args;
  return input;
}
