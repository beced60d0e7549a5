import * as z from 'zod';
import { edits } from './datasetCalls.ts';
import { spanDetail, spanRole, spanRow, traceHead, traceSummary } from './traceRow.ts';

/** What a list of traces is about. All that is given must hold. */
export const traceFilter = z.strictObject({
  source: z.enum(['received', 'runs']).exactOptional(),
  /** Milliseconds since the epoch. */
  since: z.number().exactOptional(),
  until: z.number().exactOptional(),
  endedSince: z.number().exactOptional(),
  service: z.string().exactOptional(),
  anyService: z.string().exactOptional(),
  session: z.string().exactOptional(),
  release: z.string().exactOptional(),
  model: z.string().exactOptional(),
  errors: z.boolean().exactOptional(),
  slowerThanMs: z.number().min(0).exactOptional(),
  scoreBelow: z.number().exactOptional(),
  /** Words that all must occur; `name=value` finds an attribute. */
  text: z.string().max(1_000).exactOptional(),
});
export type TraceFilter = z.output<typeof traceFilter>;

export const traceOrder = z.enum(['newest', 'slowest', 'costliest', 'tokens', 'errors', 'lowest-score']);
export type TraceOrder = z.output<typeof traceOrder>;

const grouping = z.enum(['session', 'service', 'model', 'release']);
export type TraceGrouping = z.output<typeof grouping>;

const limit = z.int().min(1).max(2_000);
const traceCursor = z.object({ value: z.number(), traceId: z.string() });
const groupCursor = z.object({ newestMs: z.number(), id: z.string() });
const traceId = z.string().min(1).max(64);
const spanId = z.string().min(1).max(64);

export const leak = z.object({ kind: z.string(), value: z.string() });
export type CaseLeak = z.output<typeof leak>;

/** As `dataset/add` takes it. */
export const caseDraft = z.strictObject({
  input: z.json().exactOptional(),
  messages: z.array(z.object({ role: z.string(), content: z.json() }).catchall(z.json())).exactOptional(),
  expected_output: z.record(z.string(), z.json()).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  cluster: z.string().exactOptional(),
  metadata: z.record(z.string(), z.json()).exactOptional(),
});
export type CaseDraft = z.output<typeof caseDraft>;

const comparedStep = z.object({
  role: spanRole,
  title: z.string(),
  model: z.string().nullable(),
  /** A tool’s, as canonical JSON. */
  arguments: z.string().nullable(),
  /** Of a tool, or what a model answered and asked for. */
  result: z.string().nullable(),
  error: z.string().nullable(),
});

const trialShare = z.object({ trials: z.int(), of: z.int() });
const pairOfNumbers = z.object({ left: z.number().nullable(), right: z.number().nullable() });

/** What changed over all trials of a case; see engine/traces/compareTrials. */
const trialComparison = z.object({
  trials: z.object({ left: z.int(), right: z.int() }),
  steps: z.array(
    z.object({
      step: z.string(),
      left: trialShare,
      right: trialShare,
      p: z.number(),
      verdict: z.enum(['more often', 'less often', 'undecided']),
    }),
  ),
  measures: z.array(
    z.object({
      measure: z.enum(['steps', 'tokens', 'costUsd', 'durationMs']),
      median: pairOfNumbers,
      p: z.number().nullable(),
      verdict: z.enum(['higher', 'lower', 'undecided']),
    }),
  ),
});

const traceComparison = z.object({
  before: traceSummary,
  after: traceSummary,
  /** In the order of both; null where one of them has no such step. */
  steps: z.array(z.object({ before: comparedStep.nullable(), after: comparedStep.nullable() })),
  /** Position of the first step that differs; null: none does. */
  firstDivergence: z.int().nullable(),
  /** Null where neither is of a case with several trials. */
  trials: trialComparison.nullable(),
});
export type TraceComparison = z.output<typeof traceComparison>;

const traceGroup = z.object({
  key: z.string().nullable(),
  /** By session, a trace without one stands for itself. */
  trace: z.nullable(traceSummary),
  traces: z.int(),
  failed: z.int(),
  newestMs: z.number(),
  costUsd: z.number().nullable(),
  tokens: z.number().nullable(),
  score: z.number().nullable(),
});
export type TraceGroup = z.output<typeof traceGroup>;

/**
 * Received traces, and those of runs, read while others write them. A workspace without any reads as empty. Nothing of it needs
 * trust: it only looks.
 */
export const traceCalls = {
  'traces/list': {
    params: z.strictObject({
      filter: traceFilter,
      order: traceOrder,
      /** Those of one group. */
      group: z.strictObject({ by: grouping, key: z.string().nullable() }).exactOptional(),
      limit,
      after: traceCursor.nullable(),
    }),
    result: z.object({ traces: z.array(traceSummary), next: traceCursor.nullable() }),
  },
  'traces/groups': {
    params: z.strictObject({ filter: traceFilter, by: grouping, limit, after: groupCursor.nullable() }),
    result: z.object({ groups: z.array(traceGroup), next: groupCursor.nullable() }),
  },
  /** Those of these ids that are stored. */
  'traces/summaries': {
    params: z.strictObject({ traceIds: z.array(traceId).max(500) }),
    result: z.object({ traces: z.array(traceSummary) }),
  },
  /** What there is to filter by, most recent first. */
  'traces/values': {
    params: z.strictObject({}),
    result: z.object({
      services: z.array(z.string()),
      models: z.array(z.string()),
      releases: z.array(z.string()),
      sessions: z.array(z.string()),
    }),
  },
  /** Traces, of runs as well, whose ids begin so; newest first. */
  'traces/find': {
    params: z.strictObject({ prefix: z.string().max(64), limit }),
    result: z.object({ traces: z.array(traceSummary) }),
  },
  /** The lines directly below a span, or at the top of a trace. `total` is 0 where there is no such trace. */
  'traces/children': {
    params: z.strictObject({ traceId, spanId: spanId.nullable(), offset: z.int().min(0), limit }),
    result: z.object({ rows: z.array(spanRow), total: z.int() }),
  },
  /** The lines of a trace from the top down. `head` is null where there is no such trace. */
  'traces/rows': {
    params: z.strictObject({ traceId, offset: z.int().min(0), limit }),
    result: z.object({ head: z.nullable(traceHead), rows: z.array(spanRow) }),
  },
  'traces/span': {
    params: z.strictObject({ traceId, spanId }),
    result: z.object({ detail: z.nullable(spanDetail) }),
  },
  /** Prompt files of the workspace that the messages of a call were made of, the best match first. */
  'traces/prompts': {
    params: z.strictObject({ traceId, spanId }),
    result: z.object({
      prompts: z.array(
        z.object({
          /** Relative to the workspace. */
          path: z.string(),
          /** From 1. */
          line: z.int(),
          /** Of the fixed text of the prompt that was found, from 0 to 1. */
          share: z.number(),
        }),
      ),
    }),
  },
  /**
   * Cases that spans make, or traces as wholes where no span is named: what went in and what came out. `findings` are secrets and
   * personal data in them; nothing is written.
   */
  'traces/cases': {
    params: z.strictObject({
      spans: z
        .array(z.strictObject({ traceId, spanId: spanId.nullable() }))
        .min(1)
        .max(500),
    }),
    result: z.object({
      cases: z.array(
        z.object({ traceId: z.string(), title: z.string(), case: caseDraft, findings: z.array(leak) }),
      ),
      /** Titles of those that do not say what went in. */
      empty: z.array(z.string()),
    }),
  },
  /** What adds cases to a dataset, with these values replaced. Writes nothing. */
  'traces/addCases': {
    params: z.strictObject({
      path: z.string().min(1),
      text: z.string(),
      cases: z.array(caseDraft).min(1),
      redact: z.array(leak),
    }),
    result: z.object({
      added: z.int(),
      /** Ids of cases with the same input that are there already, and were left out. */
      duplicates: z.array(z.string()),
      edits,
    }),
  },
  /** How two traces differ: their steps beside each other, and their figures. */
  'traces/compare': {
    params: z.strictObject({ before: traceId, after: traceId }),
    result: z.object({ comparison: traceComparison.nullable() }),
  },
  /** Spans from the top of a trace down to one, each with its position among its parent's children. Empty where there is none. */
  'traces/path': {
    params: z.strictObject({ traceId, spanId }),
    result: z.object({
      path: z.array(z.object({ spanId: z.string(), parent: z.string().nullable(), index: z.int() })),
    }),
  },
  /** The traces of a case in the newest runs, the newest first. */
  'traces/ofCase': {
    params: z.strictObject({ caseId: z.string(), limit }),
    result: z.object({
      traces: z.array(
        z.object({
          runId: z.string(),
          suite: z.string(),
          createdAt: z.number(),
          target: z.string(),
          traceId: z.string(),
          trials: z.int(),
          passed: z.int(),
        }),
      ),
    }),
  },
  /** Whether this window wants to hear of changes. */
  'traces/watch': { params: z.strictObject({ on: z.boolean() }), result: z.object({}) },
};

/** Traces that changed since the last event, gathered over at most 200 ms. */
export const traceChanges = z.object({
  traces: z.array(traceSummary),
  /** There are more than are told, or some were forgotten: whoever shows traces asks anew. */
  more: z.boolean(),
});
export type TraceChanges = z.output<typeof traceChanges>;
