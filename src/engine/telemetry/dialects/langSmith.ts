import type { SpanRole } from '../../model/agentSpan.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { countIn } from './jsonFields.ts';

const KINDS: { readonly [kind: string]: SpanRole } = {
  llm: 'model',
  tool: 'tool',
  retriever: 'retrieval',
  embedding: 'embedding',
  chain: 'other',
  prompt: 'other',
  parser: 'other',
};

/** LangSmith's attributes, beside those of OpenTelemetry that it reads. */
export const langSmith: Dialect = {
  convention: 'LangSmith',
  prefixes: ['langsmith.'],

  read(fields, record) {
    const role = roleBy(KINDS, fields.text('langsmith.span.kind'));
    const usage = fields.json('langsmith.usage_metadata');
    const facts = {
      role,
      title: role === 'tool' ? record.name : null,
      provider: fields.text('langsmith.metadata.ls_provider'),
      model: fields.text('langsmith.metadata.ls_model_name'),
      tokens: { input: countIn(usage, 'input_tokens'), output: countIn(usage, 'output_tokens') },
      session: fields.text(
        'langsmith.trace.session_id',
        'langsmith.metadata.session_id',
        'langsmith.metadata.thread_id',
        'langsmith.metadata.conversation_id',
      ),
      user: fields.text('langsmith.metadata.user_id'),
      ...(role === 'tool' ? { tool: { name: record.name } } : {}),
    };

    fields.under('langsmith.');
    return facts;
  },
};
