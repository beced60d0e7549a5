import type { SpanRole } from '../../model/agentSpan.ts';
import { type Dialect, roleBy } from './dialect.ts';
import { since } from './langfuseDialect.ts';
import { readContent } from './messages.ts';

const TYPES: { readonly [type: string]: SpanRole } = {
  agent_run: 'agent',
  workflow_run: 'agent',
  model_inference: 'model',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  rag_embedding: 'embedding',
  rag_vector_operation: 'retrieval',
  scorer_run: 'evaluator',
  model_generation: 'other',
  model_step: 'other',
  model_chunk: 'other',
};

/** Mastra: OpenTelemetry's names with operations of its own, and content under `mastra.`. */
export const mastra: Dialect = {
  convention: 'Mastra',
  prefixes: ['mastra.'],

  read(fields, record) {
    const type = fields.text('mastra.span.type');
    const facts = {
      role: roleBy(TYPES, type),
      firstTokenMs: since(record, fields.text('mastra.completion_start_time')),
      session: fields.text('mastra.metadata.threadId', 'mastra.metadata.sessionId', 'mastra.metadata.runId'),
      user: fields.text('mastra.metadata.resourceId', 'mastra.metadata.userId'),
      input: readContent(fields.json(`mastra.${type}.input`)),
      output: readContent(fields.json(`mastra.${type}.output`)),
    };

    fields.under('mastra.');
    return facts;
  },
};
