import type { Evaluator } from '../../src/engine/evaluators/evaluator.ts';
import type { GoldenCase } from '../../src/engine/model/case.ts';
import { noLog, systemClock } from '../../src/engine/ports.ts';
import { type ExecuteOptions, executeRun } from '../../src/engine/runs/execution/executeRun.ts';
import type { RunInputs } from '../../src/engine/runs/execution/runInputs.ts';
import type { RunStore } from '../../src/engine/store/runStore.ts';
import type { Target } from '../../src/engine/targets/target.ts';
import { SinkTelemetry } from '../../src/engine/telemetry/telemetry.ts';
import { located, plan as runPlan } from './runFixtures.ts';

/** Id of the run that `execute` works on. */
export const RUN = 'run-1';

/** `case-0`, `case-1` and so on, with their numbers as input. */
export function numberedCases(count: number): GoldenCase[] {
  return Array.from({ length: count }, (_, index) => ({ id: `case-${index}`, input: `${index}` }));
}

export interface RunInputsOptions {
  evaluators: readonly Evaluator[];
  /** Default 1. */
  repeat?: number;
  /** Of each target; default 4. */
  concurrency?: number;
}

/** A run of every case at every target, in the mode `cascade`, read from the dataset three cases at a time. */
export function runInputs(
  targets: readonly Target[],
  cases: readonly GoldenCase[],
  { evaluators, repeat = 1, concurrency = 4 }: RunInputsOptions,
): RunInputs {
  const entries = located(cases);
  return {
    plan: runPlan({ targets: targets.map(({ name }) => name), cases: cases.length, repeat }),
    source: {
      async *batches() {
        for (let from = 0; from < entries.length; from += 3) yield entries.slice(from, from + 3);
      },
    },
    targets: targets.map((target) => ({ target, timeoutMs: 1000, concurrency })),
    evaluatorsFor: () => evaluators,
    cascadeFor: () => ({
      mode: 'cascade',
      thresholds: {},
      weights: { heuristic: 0.2, lexical: 0.3, judge: 0.5 },
      rule: { kind: 'all' },
    }),
    auditShare: 0,
  };
}

/** Creates the run `RUN` where it is not there yet. */
export function createRun(store: RunStore, { plan }: Pick<RunInputs, 'plan'>): void {
  if (store.runTraceId(RUN) === undefined)
    store.createRun({ id: RUN, plan, createdAt: 1, traceId: 'e'.repeat(32) });
}

/** Begins or goes on with the run `RUN` in the store. */
export function execute(
  store: RunStore,
  inputs: RunInputs,
  more: Partial<ExecuteOptions> = {},
): ReturnType<typeof executeRun> {
  createRun(store, inputs);
  return executeRun(inputs, {
    runId: RUN,
    store,
    owner: { pid: 1, host: 'here', started: null, alive: () => true },
    clock: systemClock,
    log: noLog,
    telemetry: new SinkTelemetry([], { clock: systemClock, log: noLog }),
    signal: new AbortController().signal,
    onResults: () => {},
    onStart: () => {},
    ...more,
  });
}
