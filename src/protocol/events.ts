import * as z from 'zod';
import { alertChanges } from './alertCalls.ts';
import type { EventTable } from './call.ts';
import { changeCounts, comparedCase } from './compareCalls.ts';
import { failure } from './failure.ts';
import { metricChanges } from './metricCalls.ts';
import { providerStates } from './providerEntries.ts';
import { servicesState } from './receiverCalls.ts';
import { resultRow } from './resultRow.ts';
import { comparedSides, trialCounts } from './runEntries.ts';
import { traceChanges } from './traceCalls.ts';

/** What the engine process tells on its own. */
export const engineEvents = {
  /** Before the first trial of this attempt. */
  'run/started': z.object({
    runId: z.string(),
    /** The run in which its results stand in place of others. */
    partOf: z.string().exactOptional(),
    /** Present in a run that is made for a comparison: it is none of the evaluations. */
    comparison: comparedSides.exactOptional(),
    suite: z.string(),
    dataset: z.string(),
    targets: z.array(z.string()),
    /** How many results the run will hold. */
    trials: z.int(),
    /** Trials of each case on each target. */
    repeat: z.int(),
    /** Stored so far, earlier attempts included; as in `run/results`. */
    counts: trialCounts,
  }),
  /** Results that are durably stored, gathered over at most 50 ms. */
  'run/results': z.object({
    runId: z.string(),
    /** As in `run/started`; the rows are then those of that run. */
    partOf: z.string().exactOptional(),
    rows: z.array(resultRow),
    counts: trialCounts,
  }),
  'run/finished': z.object({
    runId: z.string(),
    /** `failed`: the run itself broke and can be resumed; what a case did is in its results. */
    outcome: z.enum(['complete', 'interrupted', 'failed']),
    /** Why the program itself interrupted it; absent where a person did. */
    stopped: z.string().exactOptional(),
    /** The gate's word, or whether every case passed; null unless it is an evaluation that is complete. */
    passed: z.boolean().nullable(),
    failure: failure.exactOptional(),
  }),
  /** Cases that both sides have answered since the last event, gathered over at most 100 ms. */
  'compare/progress': z.object({
    id: z.string(),
    /** The run that both sides, or what is missing of them, make. */
    runId: z.string(),
    /** Results stored so far, of `trials`. */
    done: z.int(),
    trials: z.int(),
    counts: changeCounts,
    cases: z.array(comparedCase),
  }),
  'compare/finished': z.object({
    id: z.string(),
    /** `interrupted`: nothing is said of an unfinished comparison. */
    outcome: z.enum(['complete', 'interrupted', 'failed']),
    failure: failure.exactOptional(),
  }),
  /** Something changed in what `providers/health` says; at most twice a second. */
  'providers/changed': providerStates,
  /** As `receiver/state`; at most twice a second. */
  'receiver/changed': servicesState,
  /** Only after `traces/watch`. */
  'traces/changed': traceChanges,
  /** Only after `alerts/watch`. */
  'alerts/changed': alertChanges,
  /** Only after `metrics/watch`. */
  'metrics/changed': metricChanges,
  log: z.object({
    level: z.enum(['debug', 'info', 'warn', 'error']),
    message: z.string(),
    fields: z.record(z.string(), z.unknown()).exactOptional(),
  }),
} satisfies EventTable;

/** Event → its data. */
export type EngineEvents = { [M in keyof typeof engineEvents]: z.output<(typeof engineEvents)[M]> };
