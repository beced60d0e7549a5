import type { AgentSpan } from '../../model/agentSpan.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import { GEN_AI } from '../attributes.ts';
import { readSpan } from './readSpan.ts';

/** Conversations by OpenTelemetry's conventions, which say nothing but what was said, and take most of the time to read. */
export const CONVERSATION: readonly string[] = [
  GEN_AI.inputMessages,
  GEN_AI.outputMessages,
  GEN_AI.systemInstructions,
  GEN_AI.toolDefinitions,
];

/** A span for those who want to know what happened, and not what was said: attributes named in `content` are not read. */
export function readFacts(
  record: SpanRecord,
  logs: readonly LogRecord[] = [],
  content: readonly string[] = CONVERSATION,
): AgentSpan {
  if (!content.some((name) => Object.hasOwn(record.attributes, name))) return readSpan(record, logs);

  const attributes = { ...record.attributes };
  for (const name of content) if (Object.hasOwn(attributes, name)) attributes[name] = '';
  return { ...readSpan({ ...record, attributes }, logs), record };
}
