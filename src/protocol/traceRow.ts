import * as z from 'zod/mini';

/**
 * Traces and spans as lists, trees and panels show them; see engine/traces for what each field is. A page checks them with the
 * small zod.
 */

const count = z.int().check(z.nonnegative());
const known = z.nullable(z.number());

export const spanRole = z.enum([
  'agent',
  'model',
  'tool',
  'retrieval',
  'embedding',
  'evaluator',
  'guardrail',
  'other',
]);
export type SpanRole = z.output<typeof spanRole>;

const tokenUse = z.object({
  input: known,
  output: known,
  cached: known,
  cacheWrite: known,
  reasoning: known,
});

/** A trace in a list. Times are milliseconds since the epoch, costs US dollars; unknown is null. */
export const traceSummary = z.object({
  traceId: z.string(),
  title: z.string(),
  role: spanRole,
  services: z.array(z.string()),
  startMs: z.number(),
  endMs: z.number(),
  spans: count,
  errors: count,
  tokens: tokenUse,
  costUsd: known,
  models: z.array(z.string()),
  session: z.nullable(z.string()),
  user: z.nullable(z.string()),
  release: z.nullable(z.string()),
  incomplete: z.boolean(),
  score: known,
  /** The case of a run that it is of; null where it was received from elsewhere. */
  origin: z.nullable(z.object({ runId: z.string(), caseId: z.string(), target: z.string() })),
});
export type TraceSummary = z.output<typeof traceSummary>;

/** A span as a line of a tree. */
export const spanRow = z.object({
  id: z.string(),
  parent: z.nullable(z.string()),
  depth: count,
  children: count,
  below: count,
  title: z.string(),
  role: spanRole,
  place: z.enum(['here', 'missing', 'orphan', 'cycle']),
  startMs: z.number(),
  endMs: z.number(),
  inputTokens: known,
  outputTokens: known,
  costUsd: known,
  unpriced: z.boolean(),
  repeated: z.boolean(),
  error: z.nullable(z.string()),
  errorsBelow: count,
  score: known,
  model: z.nullable(z.string()),
  service: z.string(),
});
export type SpanRow = z.output<typeof spanRow>;

/** What a trace is in all. */
export const traceHead = z.extend(traceSummary, {
  /** Spans whose tokens count, and whose price is unknown. */
  unpriced: count,
  /** Lines of its tree: spans, and places of those that are missing. */
  rows: count,
  conventions: z.array(z.object({ convention: z.string(), spans: count })),
});
export type TraceHead = z.output<typeof traceHead>;

const part = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('reasoning'), text: z.string() }),
  z.object({
    type: z.literal('tool-call'),
    id: z.nullable(z.string()),
    name: z.string(),
    arguments: z.unknown(),
  }),
  z.object({
    type: z.literal('tool-result'),
    id: z.nullable(z.string()),
    name: z.nullable(z.string()),
    result: z.unknown(),
  }),
  z.object({
    type: z.literal('media'),
    mediaType: z.nullable(z.string()),
    uri: z.nullable(z.string()),
  }),
  z.object({ type: z.literal('other'), value: z.unknown() }),
]);
export type SpanPart = z.output<typeof part>;

const message = z.object({ role: z.string(), parts: z.array(part) });
export type SpanMessage = z.output<typeof message>;

const content = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('messages'), messages: z.array(message) }),
  z.object({ kind: z.literal('value'), value: z.unknown() }),
]);
export type SpanContent = z.output<typeof content>;

const codePlace = z.object({
  file: z.string(),
  line: z.nullable(z.number()),
  column: z.nullable(z.number()),
  function: z.nullable(z.string()),
});
export type CodePlace = z.output<typeof codePlace>;

const spans = z.array(z.string());

const finding = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('deprecated'),
    name: z.string(),
    instead: z.nullable(z.string()),
    spans,
  }),
  z.object({ kind: z.literal('not-understood'), name: z.string(), spans }),
  z.object({ kind: z.literal('cut'), name: z.string(), spans }),
  z.object({
    kind: z.literal('counted-once'),
    spans,
    inputTokens: z.number(),
    outputTokens: z.number(),
  }),
  z.object({ kind: z.literal('unpriced'), model: z.nullable(z.string()), spans }),
  z.object({ kind: z.literal('no-tokens'), spans }),
  z.object({ kind: z.literal('no-content'), spans }),
  z.object({ kind: z.literal('missing-parent'), spans }),
  z.object({ kind: z.literal('cycle'), spans }),
  z.object({ kind: z.literal('no-convention'), spans }),
]);
export type SpanFinding = z.output<typeof finding>;

const evaluation = z.object({
  spanId: z.nullable(z.string()),
  name: z.string(),
  score: known,
  label: z.nullable(z.string()),
  explanation: z.nullable(z.string()),
});

const attributes = z.record(z.string(), z.unknown());

const record = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.nullable(z.string()),
  startMs: z.number(),
  endMs: z.number(),
  service: z.string(),
  kind: z.string(),
  status: z.enum(['unset', 'ok', 'error']),
  statusMessage: z.optional(z.string()),
  name: z.string(),
  attributes,
  events: z.array(z.object({ name: z.string(), timeMs: z.number(), attributes })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  resource: z.optional(attributes),
  scope: z.optional(z.string()),
});

/** All that is known of a span; `span` is null where it has not come. */
export const spanDetail = z.object({
  row: spanRow,
  span: z.nullable(
    z.object({
      record,
      conventions: z.array(z.string()),
      provider: z.nullable(z.string()),
      model: z.nullable(z.string()),
      tokens: z.nullable(tokenUse),
      reportedUsd: known,
      firstTokenMs: known,
      finishReasons: z.array(z.string()),
      responseId: z.nullable(z.string()),
      agent: z.nullable(z.string()),
      tool: z.nullable(
        z.object({
          name: z.string(),
          callId: z.nullable(z.string()),
          arguments: z.optional(z.unknown()),
          result: z.optional(z.unknown()),
        }),
      ),
      input: z.nullable(content),
      output: z.nullable(content),
      session: z.nullable(z.string()),
      user: z.nullable(z.string()),
      code: z.nullable(codePlace),
      error: z.nullable(z.object({ type: z.nullable(z.string()), message: z.string() })),
    }),
  ),
  evaluations: z.array(evaluation),
  logs: z.array(
    z.object({
      timeMs: z.number(),
      level: z.enum(['debug', 'info', 'warn', 'error']),
      message: z.string(),
      fields: attributes,
      event: z.optional(z.string()),
    }),
  ),
  findings: z.array(finding),
});
export type SpanDetail = z.output<typeof spanDetail>;
