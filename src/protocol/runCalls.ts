import * as z from 'zod';
import { resultRow, trialStatus } from './resultRow.ts';
import { caseResult, runHead, runSummary } from './runEntries.ts';

/** Largest page of `run/results`. */
const MAX_PAGE = 5_000;

/** Most cases of one `run/details`: their texts may be long. */
const MAX_DETAILS = 50;

const runId = z.string().min(1);

/** What a person may say differently for one run; absent leaves the suite's own. */
export const overrides = z.strictObject({
  /** Only cases whose id or description contains one of `names` (`*` stands for any text), with one of `tags`. */
  filter: z
    .strictObject({
      names: z.array(z.string()),
      tags: z.array(z.string()),
      /** Only cases with exactly one of these ids. */
      ids: z.array(z.string()).exactOptional(),
    })
    .exactOptional(),
  repeat: z.int().min(1).max(1000).exactOptional(),
  maxConcurrency: z.int().min(1).max(1024).exactOptional(),
  seed: z.int().min(0).exactOptional(),
  /** The model of every prompt target, as `provider/model`. */
  model: z.string().exactOptional(),
  /** The model that judges in place of every other one, as `provider/model`. */
  judge: z.string().exactOptional(),
  /** Id of a stored run whose outputs are judged anew; no target is called. */
  rejudge: z.string().min(1).exactOptional(),
  /** Names of the targets that take part. */
  targets: z.array(z.string()).min(1).exactOptional(),
  /** Paths of the suite's datasets that take part. */
  datasets: z.array(z.string()).min(1).exactOptional(),
  /** Leave out evaluators of the stage `judge`; the run says so. */
  withoutJudge: z.boolean().exactOptional(),
  /** Id of a stored run: where nothing has changed since, the results stand in place of those that it has. */
  partOf: z.string().min(1).exactOptional(),
});

export const wantedRun = {
  suite: z.string().min(1),
  /** Id of a stored run of the suite: the same is asked for again, where `overrides` say nothing else. */
  again: runId.exactOptional(),
  overrides: overrides.default({}),
  /** Run JavaScript that datasets and suites bring along; it is not sandboxed. */
  scripts: z.boolean().default(false),
};

/** The place of a row in a run's stable order: target, case, trial. Opaque to whoever pages. */
const cursor = z.strictObject({ target: z.int(), caseIndex: z.int(), trial: z.int() });

const rowFilter = z.strictObject({
  statuses: z.array(trialStatus).exactOptional(),
  targets: z.array(z.string()).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  caseIds: z.array(z.string()).exactOptional(),
  /** Occurs in the case's id or the reason; capitals do not matter. */
  text: z.string().exactOptional(),
});

export const runCalls = {
  /** What would run: one entry for each dataset of the suite. Calls nothing. */
  'run/prepare': {
    params: z.strictObject(wantedRun),
    result: z.object({
      runs: z.array(z.object({ dataset: z.string(), targets: z.array(z.string()), trials: z.int() })),
    }),
  },
  /** Returns when the runs are stored and the first has begun; the rest is told by events. */
  'run/start': {
    params: z.strictObject(wantedRun),
    result: z.object({ runIds: z.array(runId).min(1) }),
  },
  /** Goes on with a stored run as it was asked for, wherever it was started. */
  'run/resume': {
    params: z.strictObject({ runId, scripts: z.boolean().default(false) }),
    result: z.object({ runIds: z.array(runId).min(1) }),
  },
  /** Stops a run of this process politely; `run/finished` follows. False when it is not running here. */
  'run/cancel': {
    params: z.strictObject({ runId }),
    result: z.object({ cancelled: z.boolean() }),
  },
  /** Newest first: evaluations without their parts, or the runs that were made for comparisons. */
  'run/list': {
    params: z.strictObject({
      limit: z.int().min(1).max(1000).default(50),
      what: z.enum(['evaluations', 'comparisons']).default('evaluations'),
    }),
    result: z.object({ runs: z.array(runHead) }),
  },
  'run/summary': {
    params: z.strictObject({ runId }),
    result: runSummary,
  },
  /** Light rows in stable order; a page may be short before the last one. `next` is null at the end. */
  'run/results': {
    params: z.strictObject({
      runId,
      filter: rowFilter.default({}),
      after: cursor.nullable().default(null),
      limit: z.int().min(1).max(MAX_PAGE).default(1000),
    }),
    result: z.object({ rows: z.array(resultRow), next: cursor.nullable() }),
  },
  /** One case in full, over targets and trials. */
  'run/result': {
    params: z.strictObject({ runId, caseId: z.string() }),
    result: z.object({ results: z.array(caseResult) }),
  },
  /** Some cases in full, by their positions in the dataset, over targets and trials. */
  'run/details': {
    params: z.strictObject({ runId, caseIndexes: z.array(z.int().min(0)).min(1).max(MAX_DETAILS) }),
    result: z.object({ results: z.array(caseResult) }),
  },
  /** Writes a report; the ending of the name decides its form. */
  'run/export': {
    params: z.strictObject({
      runId,
      /** Absolute; chosen by the person, so it may lie anywhere. */
      file: z.string().min(1),
    }),
    result: z.object({}),
  },
  /** The forms that a report can be written in. */
  'run/exportFormats': {
    params: z.strictObject({}),
    result: z.object({
      formats: z.array(z.object({ endings: z.array(z.string()).min(1), purpose: z.string() })),
    }),
  },
  /** US dollars that all runs of this day (UTC) have cost, as far as it is known; null where no run is stored. */
  'run/spent': {
    params: z.strictObject({}),
    result: z.object({ todayUsd: z.number().nullable() }),
  },
  /** Refused while a living process works on it. */
  'run/delete': {
    params: z.strictObject({ runId }),
    result: z.object({}),
  },
};
