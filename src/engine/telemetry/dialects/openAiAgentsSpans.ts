import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SpanRecord } from '../../model/span.ts';
import { GENERAL, OPENAI_AGENTS } from '../attributes.ts';

const spanSchema = z.looseObject({
  object: z.literal('trace.span'),
  id: z.string().min(1),
  trace_id: z.string().min(1),
  parent_id: z.string().nullish(),
  started_at: z.iso.datetime({ offset: true }),
  ended_at: z.iso.datetime({ offset: true }),
  span_data: z.looseObject({ type: z.string(), name: z.string().nullish() }),
  error: z.looseObject({ message: z.string().nullish(), data: z.unknown().optional() }).nullish(),
});

const traceSchema = z.looseObject({
  object: z.literal('trace'),
  id: z.string().min(1),
  group_id: z.string().nullish(),
});

/**
 * The spans of the OpenAI Agents SDK, as its trace processor is given them: a list of spans and traces, each alone or behind the
 * name of its event. Null where it is something else.
 */
export function readOpenAiAgentsSpans(document: JsonValue): { spans: SpanRecord[]; rejected: number } | null {
  if (!Array.isArray(document)) return null;
  const items = document.map((item) => (Array.isArray(item) ? item.at(-1) : item));
  const traces = items.flatMap((item) => traceSchema.safeParse(item).data ?? []);
  const candidates = items.filter((item) => kindOf(item) === 'trace.span');
  if (candidates.length === 0) return null;

  const groups = new Map(traces.map(({ id, group_id }) => [id, group_id ?? null]));
  const spans = candidates.flatMap((item) => {
    const read = spanSchema.safeParse(item);
    return read.success ? [toRecord(read.data, groups.get(read.data.trace_id) ?? null)] : [];
  });
  return { spans, rejected: candidates.length - spans.length };
}

function kindOf(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'object' in item ? item.object : undefined;
}

function toRecord(span: z.output<typeof spanSchema>, group: string | null): SpanRecord {
  const { type, name } = span.span_data;
  const failure = span.error?.message ?? (span.error ? 'failed' : undefined);
  const attributes: JsonObject = {
    [OPENAI_AGENTS.type]: type,
    [OPENAI_AGENTS.data]: JSON.stringify(span.span_data),
    ...(group === null ? {} : { [OPENAI_AGENTS.group]: group }),
    ...(failure === undefined ? {} : { [GENERAL.errorType]: '_OTHER' }),
  };

  return {
    traceId: hexId(span.trace_id, 32),
    spanId: hexId(span.id, 16),
    parentSpanId: span.parent_id ? hexId(span.parent_id, 16) : null,
    name: name ?? type,
    kind: type === 'response' || type === 'generation' ? 'client' : 'internal',
    startMs: Date.parse(span.started_at),
    endMs: Date.parse(span.ended_at),
    status: failure === undefined ? 'unset' : 'error',
    ...(failure === undefined ? {} : { statusMessage: failure }),
    attributes,
    events: [],
    links: [],
    service: 'openai-agents',
  };
}

/** An id of OpenTelemetry's size: the same for the same id, whatever its form. */
function hexId(id: string, length: number): string {
  const digits = /^[a-z]+_([0-9a-f]+)$/.exec(id)?.[1];
  if (digits?.length === length) return digits;
  return createHash('sha256').update(id).digest('hex').slice(0, length);
}
