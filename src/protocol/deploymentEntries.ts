import * as z from 'zod/mini';

/** Times in milliseconds since the epoch, weights in percent. See engine/deploy/deploymentStatus.ts for what each figure is. */
const moment = z.number();

/** What traffic moves from, or to. Nothing of its environment. */
const version = z.object({ name: z.string(), what: z.string() });

const phase = z.enum([
  'preparing',
  'starting',
  'healthy',
  'smoking',
  'watching',
  'paused',
  'keeping',
  'decommissioning',
  'done',
  'rolling-back',
  'rolled-back',
  'failed',
]);

/** Null: not measured. */
const estimate = z.nullable(z.object({ value: z.number(), low: z.number(), high: z.number() }));

const sideFigures = z.object({
  samples: z.int(),
  /** Samples by where they come from: `gateway`, `traces`, `golden`, `shadow`. */
  bySource: z.record(z.string(), z.int()),
  errors: z.int(),
  errorRate: estimate,
  passRate: estimate,
  meanScore: estimate,
  p50Ms: z.nullable(z.number()),
  p95Ms: z.nullable(z.number()),
  costUsd: z.nullable(z.number()),
  costPerRequest: estimate,
  servedModels: z.array(z.string()),
  /** Traces of what failed, the newest first. */
  failedTraces: z.array(z.string()),
});

const stepReport = z.object({
  status: z.enum(['pass', 'fail', 'undecided']),
  reason: z.nullable(z.string()),
  clauses: z.array(
    z.object({
      name: z.string(),
      status: z.enum(['pass', 'fail', 'undecided', 'not-asked']),
      reason: z.string(),
    }),
  ),
  blue: sideFigures,
  green: sideFigures,
  minSamples: z.int(),
});

export const deploymentAction = z.enum(['promote', 'pause', 'resume', 'abort', 'rollback', 'decommission']);

const journalLine = z.object({
  seq: z.int(),
  kind: z.enum(['wish', 'transition', 'effect', 'note']),
  atMs: moment,
  by: z.string(),
  text: z.string(),
});

/** A deployment as it is now, or as it ended. */
export const deploymentEntry = z.object({
  deployment: z.string(),
  /** What is steered, in words; null before it was asked. */
  where: z.nullable(z.string()),
  blue: z.nullable(version),
  green: version,
  phase,
  /** Index of the step that is watched or was watched last; null before the first. */
  step: z.nullable(z.int()),
  steps: z.array(z.object({ weight: z.number(), holdMs: z.number(), minSamples: z.int() })),
  weights: z.nullable(z.object({ blue: z.number(), green: z.number() })),
  /** Whether each is ready, in words; null where it was not asked. */
  states: z.object({ blue: z.nullable(z.string()), green: z.nullable(z.string()) }),
  /** What somebody else has changed, in sentences. */
  drift: z.array(z.string()),
  sinceMs: moment,
  untilMs: z.nullable(moment),
  report: z.nullable(stepReport),
  /** Why it is where it is, in sentences, the most important first. */
  explanation: z.array(z.string()),
  actions: z.array(deploymentAction),
  /** Who controls it; null where nobody does. */
  controller: z.nullable(z.string()),
  /** The newest entries, in their order. */
  journal: z.array(journalLine),
});

export type DeploymentEntry = z.infer<typeof deploymentEntry>;
export type DeploymentAction = z.infer<typeof deploymentAction>;
export type StepReportEntry = z.infer<typeof stepReport>;
export type SideFiguresEntry = z.infer<typeof sideFigures>;
export type EstimateEntry = z.infer<typeof estimate>;
