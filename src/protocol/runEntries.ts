import * as z from 'zod';
import { comparisonWord } from './comparisonWord.ts';
import { rerun, trialStatus } from './resultRow.ts';

/**
 * Runs and results in the form that reports have (media/schemas/report-1.schema.json), so that a panel shows
 * one form wherever its data comes from. What is deep inside is passed on as it stands.
 */

export const trialCounts = z.object({ passed: z.int(), failed: z.int(), errored: z.int() });

/** What the two sides of a comparison are called. */
export const comparedSides = z.object({ baseline: z.string(), candidate: z.string() });

/** What a run is made of, and how far it is. */
export const runIdentity = z.looseObject({
  id: z.string(),
  suite: z.string(),
  config: z.string().nullable(),
  /** `running` belongs to a living process; `interrupted` can be resumed. */
  state: z.enum(['running', 'interrupted', 'complete']),
  /** Why the program itself interrupted it, such as a provider that is gone; absent where a person did. */
  stopped: z.string().exactOptional(),
  created_at: z.string(),
  elapsed_ms: z.number(),
  dataset: z.looseObject({ path: z.string(), version: z.string(), schema_version: z.string() }),
  targets: z.array(z.looseObject({ name: z.string(), kind: z.string() })),
  filter: z.object({
    names: z.array(z.string()),
    tags: z.array(z.string()),
    ids: z.array(z.string()).exactOptional(),
  }),
  /** Present in a run that was made for a comparison: it cannot be resumed. */
  comparison: comparedSides.exactOptional(),
  /** What of the suite did not take part; absent where it ran whole. */
  left_out: z
    .object({ targets: z.array(z.string()).exactOptional(), judge: z.literal(true).exactOptional() })
    .exactOptional(),
  /** The model of every prompt target, where the person chose one for this run. */
  model: z.string().exactOptional(),
  /** The model that judges in place of every other one, where the person chose one for this run. */
  judge: z.string().exactOptional(),
  /** Where outputs come from that were not called for in this run. */
  origin: z
    .object({
      replay: z.literal(true).exactOptional(),
      rejudge: z.string().exactOptional(),
      /** Live pairs of a route. */
      live: z.object({ route: z.string() }).exactOptional(),
    })
    .exactOptional(),
  repeat: z.int(),
  seed: z.int(),
  /** When complete. */
  trials: z.int(),
});

/** A run in a list: its identity, how many results are stored so far, and what was kept of its verdict. */
export const runHead = runIdentity.extend({
  counts: trialCounts,
  /** The gate's word, or whether every case passed; of a comparison, whether its candidate holds. Null where it is not known. */
  passed: z.boolean().nullable(),
  /** What a comparison says of its candidate. */
  word: comparisonWord.exactOptional(),
});

/** One result in full: a report's result entry. */
export const caseResult = z.looseObject({
  target: z.string(),
  case_id: z.string(),
  description: z.string().nullable(),
  case_index: z.int(),
  trial: z.int(),
  status: trialStatus,
  score: z.number().nullable(),
  reason: z.string(),
  settled: z.object({
    stage: z.enum(['heuristic', 'lexical', 'judge', 'none']),
    early: z.boolean(),
    left_out: z.array(z.string()),
  }),
  input: z.unknown(),
  expected_output: z.unknown(),
  output: z.looseObject({
    status: z.enum(['complete', 'incomplete', 'error']),
    text: z.string(),
    cost_usd: z.number().nullable(),
    latency_ms: z.number(),
    /** Where it comes from; absent where it is a fresh one of the target's own. */
    source: z.looseObject({ text: z.string() }).exactOptional(),
  }),
  evaluations: z.array(
    z.looseObject({
      name: z.string(),
      type: z.string(),
      stage: z.enum(['heuristic', 'lexical', 'judge']),
      status: z.enum(['scored', 'error', 'skipped']),
      reason: z.string(),
      /** `file:line:column` of the assertion, where it stands in a file. */
      location: z.string().exactOptional(),
    }),
  ),
  /** `file:line:column` of the case. */
  location: z.string().nullable(),
  tags: z.array(z.string()),
  trace_id: z.string(),
  rerun: z.exactOptional(rerun),
});

/** The head of a report: the run, its figures and the gate's word. */
export const runSummary = z.object({
  run: runIdentity,
  /** The gate's word, or without a gate whether every case passed. */
  passed: z.boolean(),
  gate: z
    .object({
      passed: z.boolean(),
      /** The clauses that keep it from passing, each with its reason. */
      reason: z.string().nullable(),
      clauses: z.array(
        z.object({
          name: z.string(),
          status: z.enum(['pass', 'fail', 'undecided', 'not-asked']),
          reason: z.string(),
        }),
      ),
    })
    .nullable(),
  summary: z.looseObject({
    total: z.looseObject({ trials: z.int(), pass_rate: z.number().nullable() }),
    targets: z.array(z.looseObject({ target: z.string(), pass_rate: z.number().nullable() })),
    missing: z.int(),
  }),
  /** How many results are of cases that were run again; absent when there is none. */
  rerun: z.int().exactOptional(),
});

export type CaseResult = z.output<typeof caseResult>;
