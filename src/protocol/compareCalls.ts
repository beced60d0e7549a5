import * as z from 'zod';
import { comparisonWord } from './comparisonWord.ts';
import { overrides } from './runCalls.ts';
import { caseResult } from './runEntries.ts';

const id = z.string().min(1);

/** How many cases changed in which way. */
export const changeCounts = z.object({
  improved: z.int(),
  degraded: z.int(),
  neutral: z.int(),
  unmeasured: z.int(),
});

/** One case under both sides, as comparison reports write it; passed on as it stands. */
export const comparedCase = z.looseObject({
  case_id: z.string(),
  baseline: z.looseObject({ target: z.string(), trial: z.int(), reason: z.string(), trace_id: z.string() }),
  candidate: z.looseObject({ target: z.string(), trial: z.int(), reason: z.string(), trace_id: z.string() }),
  score_difference: z.number().nullable(),
  change: z.enum(['improved', 'degraded', 'neutral', 'unmeasured']),
});

const side = z.looseObject({ label: z.string(), run_id: z.string() });

/** A whole comparison as `touchstone compare -o result.json` writes it; what is deep inside is passed on. */
const comparison = z.looseObject({
  suite: z.string(),
  dataset: z.looseObject({ path: z.string(), version: z.string() }),
  baseline: side,
  candidate: side,
  verdict: z.looseObject({
    word: comparisonWord,
    reason: z.string(),
  }),
  cases: z.array(comparedCase),
});

const trialOf = z.strictObject({ target: z.string(), trial: z.int() });

const outlook = z.object({ cases: z.int(), clusters: z.int(), smallestPassChange: z.number().nullable() });

export const begunComparison = z.object({
  id,
  suite: z.string(),
  /** Relative to the workspace; null where both sides are stored. */
  dataset: z.string().nullable(),
  /** As a person calls the sides. */
  baseline: z.string(),
  candidate: z.string(),
  /** Results that both sides hold in the end; 0 where both are stored. */
  trials: z.int(),
  /** What the cases can show, before anything is run; null where both sides are stored. */
  outlook: outlook.nullable(),
  /** Pairs of live requests, which another process stores as clients send them. */
  live: z.boolean(),
});

const file = z.object({
  /** Relative to the workspace. */
  path: z.string(),
  status: z.enum(['added', 'removed', 'changed']),
});

export const compareCalls = {
  /**
   * Prepares both sides and begins; one comparison for each dataset of the suite, one after the other. The rest
   * is told by events. Sides as on the command line: `HEAD`, a target, `provider/model`, `run:ID`, `.`.
   */
  'compare/start': {
    params: z.strictObject({
      suite: z.string().min(1).exactOptional(),
      baseline: z.string().min(1),
      candidate: z.string().min(1).exactOptional(),
      target: z.string().min(1).exactOptional(),
      overrides: overrides.default({}),
      scripts: z.boolean().default(false),
      /** Nothing is taken over from earlier runs. */
      fresh: z.boolean().default(false),
      /** Stop as soon as the verdict is settled. */
      sequential: z.boolean().default(false),
    }),
    result: z.object({ comparisons: z.array(begunComparison).min(1) }),
  },
  /** A stored comparison of live pairs, followed while they come in; null for any other run. */
  'compare/open': {
    params: z.strictObject({ runId: z.string().min(1) }),
    result: z.object({ comparison: begunComparison.nullable() }),
  },
  /** Stops politely; `compare/finished` follows. What was run is kept and used again. One that is live is followed no longer. */
  'compare/cancel': { params: z.strictObject({ id }), result: z.object({ cancelled: z.boolean() }) },
  /** A finished comparison of this process. */
  'compare/result': {
    params: z.strictObject({ id }),
    result: z.object({
      comparison,
      /** Case id → why its change was meant, of changed cases. */
      intended: z.record(z.string(), z.string()),
    }),
  },
  /** One case in full on both sides: the trials that the comparison tells of. Also while it runs. */
  'compare/pair': {
    params: z.strictObject({ id, caseId: z.string(), baseline: trialOf, candidate: trialOf }),
    result: z.object({ baseline: caseResult.nullable(), candidate: caseResult.nullable() }),
  },
  /** Writes a report: `.html`, `.md` or `.json`. */
  'compare/export': {
    params: z.strictObject({
      id,
      /** Absolute; chosen by the person, so it may lie anywhere. */
      file: z.string().min(1),
    }),
    result: z.object({}),
  },
  /** Files that differ between the sides, where git knows both. */
  'compare/files': {
    params: z.strictObject({ id }),
    result: z.object({ files: z.array(file) }),
  },
  /** A file as one side has it; null where it is not there. */
  'compare/file': {
    params: z.strictObject({ id, side: z.enum(['baseline', 'candidate']), path: z.string().min(1) }),
    result: z.object({
      text: z.string().nullable(),
      /** The file itself, as it stands in the workspace now. */
      current: z.boolean(),
    }),
  },
  /** What records in a dataset that a case's change was meant. Writes nothing. */
  'compare/intend': {
    params: z.strictObject({
      path: z.string().min(1),
      /** As it stands in the editor; read from the disk where absent. */
      text: z.string().exactOptional(),
      caseId: z.string(),
      reason: z.string().min(1),
    }),
    result: z.object({
      edits: z.array(
        z.object({
          line: z.int(),
          column: z.int(),
          endLine: z.int(),
          endColumn: z.int(),
          text: z.string(),
        }),
      ),
    }),
  },
};

export type BegunComparison = z.output<typeof begunComparison>;
