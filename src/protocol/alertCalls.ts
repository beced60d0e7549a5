import * as z from 'zod';

const dimension = z.enum(['service', 'model', 'operation', 'release', 'suite', 'evaluator']);
const group = z.nullable(z.object({ by: dimension, label: z.string().nullable() }));
const severity = z.enum(['info', 'warning', 'critical']);

/** A trace behind an alert. */
const alertTrace = z.object({
  traceId: z.string(),
  title: z.string(),
  startMs: z.number(),
  /** The lowest of its evaluations, 0 to 1. */
  score: z.number().nullable(),
});

/** An alert of touchstone.yaml, or one group of it. Times are milliseconds since the epoch. */
const alertEntry = z.object({
  name: z.string(),
  group,
  severity,
  condition: z.string(),
  description: z.string().nullable(),
  /** `silent`: it fired, and there is no data since. */
  state: z.enum(['no-data', 'inactive', 'pending', 'firing', 'silent', 'resolved']),
  sinceMs: z.number().nullable(),
  startsAtMs: z.number().nullable(),
  value: z.number().nullable(),
  valueText: z.string(),
  limitText: z.string(),
  samples: z.number(),
  /** The worst first. */
  traces: z.array(alertTrace),
  /** `whole`: with all of its groups. */
  muted: z.object({ untilMs: z.number(), reason: z.string(), whole: z.boolean() }).nullable(),
  notify: z.array(z.string()),
  /** Of its rule in the configuration, from 1. */
  line: z.int(),
});
export type AlertEntry = z.output<typeof alertEntry>;

/** What windows were to be told. */
const alertNews = z.object({
  kind: z.enum(['firing', 'resolved', 'withdrawn', 'test']),
  rule: z.string(),
  group,
  severity,
  summary: z.string(),
  description: z.string().nullable(),
  traces: z.array(alertTrace),
});
export type AlertNews = z.output<typeof alertNews>;

const alertListing = z.object({
  alerts: z.array(alertEntry),
  /** Channels that could not be told last. */
  problems: z.array(z.object({ channel: z.string(), problem: z.string(), waiting: z.int() })),
  /** Somebody looks at alerts now; else what is listed is of `lookedMs`. */
  watched: z.boolean(),
  lookedMs: z.number().nullable(),
  /** What came after the one that was asked for. */
  news: z.array(alertNews),
  /** To ask for next. */
  lastNews: z.int(),
});
export type AlertListing = z.output<typeof alertListing>;

const name = z.string().min(1).max(200);
/** One group of an alert; null: all of it. */
const muteGroup = z.object({ label: z.string().nullable() }).nullable().default(null);

/** Alerts are looked at by the services process; they are read from its file. Only what changes something needs trust. */
export const alertCalls = {
  'alerts/list': {
    /** `after`: news that came later are told; null tells none. */
    params: z.strictObject({ after: z.int().min(0).nullable() }),
    result: alertListing,
  },
  'alerts/mute': {
    params: z.strictObject({
      name,
      group: muteGroup,
      forMs: z.number().positive(),
      reason: z.string().max(1_000),
    }),
    result: z.object({ untilMs: z.number() }),
  },
  'alerts/unmute': { params: z.strictObject({ name, group: muteGroup }), result: z.object({}) },
  /** Sends a test through the channels of an alert. */
  'alerts/test': {
    params: z.strictObject({ name }),
    result: z.object({ channels: z.array(z.object({ name: z.string(), problem: z.string().nullable() })) }),
  },
  /** Whether this window wants to hear of changes. */
  'alerts/watch': { params: z.strictObject({ on: z.boolean() }), result: z.object({}) },
};

/** Something changed in what `alerts/list` says; at most once a second. */
export const alertChanges = z.object({});
