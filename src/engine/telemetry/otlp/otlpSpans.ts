import { z } from 'zod';
import { defined } from '../../model/defined.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import type { SpanRecord } from '../../model/span.ts';
import { GENERAL } from '../attributes.ts';

/**
 * The part of OTLP/JSON (opentelemetry-proto, ExportTraceServiceRequest) that is read. Ids are hexadecimal,
 * times are nanoseconds as text or number, enums may be numbers or names.
 */
const anyValue: z.ZodType<JsonValue | undefined> = z.lazy(() =>
  z
    .looseObject({
      stringValue: z.string().optional(),
      boolValue: z.boolean().optional(),
      intValue: z.union([z.string(), z.number()]).optional(),
      doubleValue: z.number().optional(),
      arrayValue: z.looseObject({ values: z.array(anyValue).optional() }).optional(),
      kvlistValue: z
        .looseObject({ values: z.array(z.looseObject({ key: z.string(), value: anyValue })).optional() })
        .optional(),
    })
    .transform((value): JsonValue | undefined => {
      if (value.stringValue !== undefined) return value.stringValue;
      if (value.boolValue !== undefined) return value.boolValue;
      if (value.intValue !== undefined) return integer(value.intValue);
      if (value.doubleValue !== undefined) return value.doubleValue;
      if (value.arrayValue) return (value.arrayValue.values ?? []).map((item) => item ?? null);
      if (value.kvlistValue) return toObject(value.kvlistValue.values);
      return undefined;
    }),
);

const attributes = z.array(z.looseObject({ key: z.string(), value: anyValue })).default([]);
const nanos = z.union([z.string().regex(/^\d+$/), z.number().int().nonnegative()]);
const traceId = z.string().regex(/^[0-9a-fA-F]{32}$/);
const spanId = z.string().regex(/^[0-9a-fA-F]{16}$/);

const otlpSpan = z.looseObject({
  traceId,
  spanId,
  parentSpanId: z.union([spanId, z.literal('')]).optional(),
  name: z.string(),
  kind: z.union([z.number(), z.string()]).optional(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes,
  events: z.array(z.looseObject({ timeUnixNano: nanos, name: z.string(), attributes })).default([]),
  links: z.array(z.looseObject({ traceId, spanId })).default([]),
  status: z
    .looseObject({ code: z.union([z.number(), z.string()]).optional(), message: z.string().optional() })
    .optional(),
});

const otlpRequest = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }).optional(),
      scopeSpans: z.array(z.looseObject({ spans: z.array(z.unknown()).default([]) })).default([]),
    }),
  ),
});

/**
 * Spans of one OTLP/JSON trace export. Good spans are kept where others are malformed; `rejected` counts
 * the malformed ones. Null when the request itself is not OTLP.
 */
export function readOtlpSpans(request: unknown): { spans: SpanRecord[]; rejected: number } | null {
  const parsed = otlpRequest.safeParse(request);
  if (!parsed.success) return null;
  const spans: SpanRecord[] = [];
  let rejected = 0;
  for (const { resource, scopeSpans } of parsed.data.resourceSpans) {
    const service = toObject(resource?.attributes)[GENERAL.serviceName];
    for (const candidate of scopeSpans.flatMap((scope) => scope.spans)) {
      const span = otlpSpan.safeParse(candidate);
      if (span.success) spans.push(toRecord(span.data, typeof service === 'string' ? service : 'unknown'));
      else rejected += 1;
    }
  }
  return { spans, rejected };
}

const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS = ['unset', 'ok', 'error'] as const;

function toRecord(span: z.infer<typeof otlpSpan>, service: string): SpanRecord {
  const message = span.status?.message;
  return {
    traceId: span.traceId.toLowerCase(),
    spanId: span.spanId.toLowerCase(),
    parentSpanId: span.parentSpanId ? span.parentSpanId.toLowerCase() : null,
    name: span.name,
    kind: pick(KINDS, span.kind, 'SPAN_KIND_', 'internal'),
    startMs: toMs(span.startTimeUnixNano),
    endMs: toMs(span.endTimeUnixNano),
    status: pick(STATUS, span.status?.code, 'STATUS_CODE_', 'unset'),
    ...defined({ statusMessage: message || undefined }),
    attributes: toObject(span.attributes),
    events: span.events.map((event) => ({
      name: event.name,
      timeMs: toMs(event.timeUnixNano),
      attributes: toObject(event.attributes),
    })),
    links: span.links.map((link) => ({
      traceId: link.traceId.toLowerCase(),
      spanId: link.spanId.toLowerCase(),
    })),
    service,
  };
}

/** An OTLP enum by number or by its name with prefix, e.g. 3 or `SPAN_KIND_CLIENT`. */
function pick<T extends string>(
  names: readonly T[],
  value: number | string | undefined,
  prefix: string,
  fallback: T,
): T {
  if (typeof value === 'number') return names[value] ?? fallback;
  const wanted = value?.replace(prefix, '').toLowerCase();
  return names.find((name) => name === wanted) ?? fallback;
}

function toObject(pairs: { key: string; value?: JsonValue | undefined }[] = []): JsonObject {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value ?? null]));
}

/** 64-bit integers beyond 2^53 stay text: they are ids, and are never rounded. */
function integer(value: string | number): JsonValue {
  if (typeof value === 'number') return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Nanoseconds since the epoch in milliseconds, to the microsecond. */
function toMs(value: string | number): number {
  return Number(BigInt(value) / 1000n) / 1000;
}
