import type { AskedComparison } from './compare/comparisonRequest.ts';
import type { PreparedComparison } from './compare/preparedComparison.ts';
import type { FinishedComparison, RunComparisonOptions } from './compare/runComparison.ts';
import { CallHistory } from './cost/callHistory.ts';
import type { RunEstimate } from './cost/estimate.ts';
import type { openDataset } from './datasets/dataset.ts';
import type { RunRecord } from './model/run.ts';
import type { EvaluationVerdict } from './model/runVerdict.ts';
import type { EditorModels } from './models/editorClient.ts';
import type { Clock, Environment, Log, Random, Secrets, Trust } from './ports.ts';
import { readReport, verdictOf } from './readReport.ts';
import type { RunReport } from './reports/runReport.ts';
import type { GuardControl } from './resilience/guardControl.ts';
import type { ProviderGuards } from './resilience/providerGuards.ts';
import { Places } from './runs/lanes/places.ts';
import { beginRun } from './runs/lifecycle/beginRun.ts';
import { type BegunRun, isBegun, type PendingRun } from './runs/lifecycle/begunRun.ts';
import { carryOut } from './runs/lifecycle/carryOut.ts';
import { HealthNotes } from './runs/lifecycle/healthNotes.ts';
import { noteWorkspace, type PlanPorts, planRuns } from './runs/lifecycle/planRuns.ts';
import { presentRun } from './runs/lifecycle/presentRun.ts';
import { resumeRun } from './runs/lifecycle/resumeRun.ts';
import type { RunListener, RunOptions, RunOutcome } from './runs/lifecycle/runListener.ts';
import { repeatedOverrides } from './runs/lifecycle/runRequest.ts';
import { startRuns } from './runs/lifecycle/startRuns.ts';
import { EngineModels } from './runs/preparation/engineModels.ts';
import type { PreparedRun } from './runs/preparation/preparedRun.ts';
import type { RunOverrides } from './runs/preparation/runOverrides.ts';
import type { Owner } from './store/lease.ts';
import { RunStore } from './store/runStore.ts';
import { storePath } from './store/storeFile.ts';
import type { Workspace } from './suites/loadWorkspace.ts';
import type { TelemetrySink } from './telemetry/sinks/sink.ts';
import { SinkTelemetry } from './telemetry/telemetry.ts';
import { receivedTraces } from './traces/receivedTraces.ts';

/** Everything that the engine is handed from outside. */
export interface EnginePorts {
  clock: Clock;
  random: Random;
  environment: Environment;
  log: Log;
  /** This process, as it claims runs. */
  owner: Owner;
  trust: Trust;
  /** Where keys come from instead of the environment. */
  secrets?: Secrets;
  /** Only inside the editor. */
  editorModels?: EditorModels;
  /** Guards of providers, where other engines of this process ask the same ones; its own where absent. */
  guards?: ProviderGuards;
  /** Programs that run at the same time, if other engines of this process start some, too; its own if absent. */
  programs?: Places;
  /** Who hears of finished spans, log lines and evaluations, beside the store. */
  sinks?: readonly TelemetrySink[];
  /** How datasets of runs are opened, where it is not to be done in place. */
  openDataset?: typeof openDataset;
  /** How complete evaluations are judged (by a report that is read anew), where it is not to be done in place. */
  judge?: (store: RunStore, runId: string) => Promise<EvaluationVerdict>;
}

export interface FinishedRun {
  outcome: RunOutcome;
  runId: string;
  /** Made of all results, when it is first asked for. */
  readonly report: RunReport;
}

/** The engine of one workspace; the command line and the engine process both stand on it. */
export interface Engine {
  readonly store: RunStore;
  /** How the providers that it calls are doing. */
  readonly guards: GuardControl;
  /**
   * Makes ready what a suite asks for: one run for each of its datasets. Nothing is called or stored yet. Throws
   * UserErrors for whatever the files or the configuration have wrong.
   */
  prepare(suite: string, overrides: RunOverrides, signal: AbortSignal): Promise<PreparedRun[]>;
  /** What asks for the same as a stored run, where `given` says nothing else. Throws ResumeError when there is none. */
  repeat(runId: string, given: RunOverrides): RunOverrides;
  /** Prepares and stores what a suite asks for. A key that is missing is told before anything is stored. */
  start(suite: string, overrides: RunOverrides, signal: AbortSignal): Promise<BegunRun[]>;
  /**
   * Makes a stored run ready to go on as it was asked for, with what is `given` in its place. Throws ResumeError when
   * its inputs changed since, or when it was made for a comparison.
   */
  resume(runId: string, given: RunOverrides, signal: AbortSignal): Promise<BegunRun>;
  /** Stores the run, unless it is begun, makes the calls that it lacks, and settles it. Closes it. */
  execute(run: PendingRun, listener: RunListener, options: RunOptions): Promise<FinishedRun>;
  /** What a run will probably cost and how long it will take. Nothing is called. */
  estimate(prepared: PreparedRun, signal: AbortSignal): Promise<RunEstimate>;
  /**
   * Finds the two sides of a comparison and makes ready what has to be run: one for each dataset of the suite.
   * Nothing is called yet. Throws UserErrors for whatever is wrong with the sides, files or configuration.
   */
  prepareComparison(request: AskedComparison, signal: AbortSignal): Promise<PreparedComparison[]>;
  /** Runs what is missing of both sides, interleaved, and compares them. */
  compare(
    prepared: PreparedComparison,
    listener: RunListener,
    options: RunComparisonOptions,
  ): Promise<FinishedComparison>;
  /** A stored run as it is now: one whose process died is interrupted. */
  present(run: RunRecord): RunRecord;
  /** The report of a stored run, as it is now. Throws ResumeError when there is none of that id. */
  report(runId: string): RunReport;
  /** Closes the store; idempotent. */
  close(): void;
}

/** `store` may be shared by several engines of one workspace; by default each opens its own. */
export function createEngine(
  workspace: Workspace,
  given: EnginePorts,
  store: RunStore = new RunStore(storePath(workspace.root)),
): Engine {
  const { bulkheads = {} } = workspace.config;
  const telemetry = new SinkTelemetry(given.sinks ?? [], given);
  const models = new EngineModels(given);
  models.guards.pools.configure(bulkheads, () => store.pools(given.owner));
  const settled = new SettledReport(store);
  const judge = (runId: string) => given.judge?.(store, runId) ?? settled.judge(runId);
  const programs = given.programs ?? new Places();
  const received = receivedTraces(workspace.root);
  const ports = { ...given, workspace, store, telemetry, models, programs, judge, received };
  const present = (run: RunRecord): RunRecord => presentRun(run, ports.owner);
  const report = (runId: string): RunReport => {
    const read = readReport(store, runId);
    return { ...read, run: present(read.run) };
  };

  const notes = new HealthNotes({ ...ports, guards: models.guards });

  return {
    store,
    guards: models.guards,
    prepare: (suite, overrides, signal) => planRuns(ports, suite, overrides, signal),
    start: (suite, overrides, signal) => startRuns(ports, suite, overrides, signal),
    repeat: (runId, overrides) => repeatedOverrides(store.getRun(runId), overrides, workspace.root),
    resume: (runId, overrides, signal) => resumeRun(ports, runId, overrides, signal),

    async execute(run, listener, options) {
      try {
        await run.ready(options.signal);
        const begun = isBegun(run) ? run : beginRun(ports, run);
        models.guards.tryEarly();
        const outcome = await notes.during(() => carryOut(ports, begun, listener, options));
        const { runId } = begun;
        const kept = outcome === 'complete' ? settled.of(runId) : undefined;
        return finished(outcome, runId, () => kept ?? report(runId));
      } finally {
        await run.close();
      }
    },

    estimate: (prepared, signal) => estimate(ports, prepared, signal),
    prepareComparison: (request, signal) => prepareComparison(ports, request, signal),

    async compare(prepared, listener, options) {
      const { runComparison } = await import('./compare/runComparison.ts');
      models.guards.tryEarly();
      return runComparison(prepared, listener, options, {
        store,
        now: () => ports.clock.now(),
        begin: (run) => beginRun(ports, run),
        execute: (run, heard, signals) => notes.during(() => carryOut(ports, run, heard, signals)),
        settle: (runId, verdict) => store.verdicts.save(runId, verdict, ports.clock.now()),
      });
    },

    present,
    report,
    close() {
      telemetry.close();
      store.close();
    },
  };
}

async function estimate(ports: PlanPorts, prepared: PreparedRun, signal: AbortSignal) {
  const { estimateRun } = await import('./cost/estimate.ts');
  const { estimatedRun } = await import('./runs/estimateInputs.ts');
  const history = CallHistory.read(ports.store, prepared.inputs.plan.suite);
  return estimateRun(estimatedRun(prepared, ports.workspace.config, history), signal);
}

/** Loaded when it is needed: the statistics take a while, and most runs compare nothing. */
async function prepareComparison(ports: PlanPorts, request: AskedComparison, signal: AbortSignal) {
  const { prepareComparisons } = await import('./compare/prepareComparison.ts');
  const prepared = await prepareComparisons(ports.workspace, request, ports, signal);
  const runs = prepared.flatMap(({ run }) => run ?? []);
  const noted = await noteWorkspace(ports, runs, request.overrides, signal);
  return prepared.map((one) => (one.run ? { ...one, run: noted[runs.indexOf(one.run)] ?? one.run } : one));
}

/** The report by which a run was settled, so that it need not be read from all results once more. */
class SettledReport {
  readonly #store: RunStore;
  #last: RunReport | undefined;

  constructor(store: RunStore) {
    this.#store = store;
  }

  judge(runId: string): EvaluationVerdict {
    this.#last = readReport(this.#store, runId, { anew: true });
    return verdictOf(this.#last);
  }

  of(runId: string): RunReport | undefined {
    return this.#last?.run.id === runId ? this.#last : undefined;
  }
}

function finished(outcome: RunOutcome, runId: string, read: () => RunReport): FinishedRun {
  let report: RunReport | undefined;
  return {
    outcome,
    runId,
    get report() {
      report ??= read();
      return report;
    },
  };
}
