import { judgesForGate } from './compare/evaluators/judgesOfRun.ts';
import { judgeRun } from './compare/gate.ts';
import type { ComparisonRequest } from './compare/prepareComparison.ts';
import type { PreparedComparison } from './compare/preparedComparison.ts';
import type { FinishedComparison, RunComparisonOptions, Runner } from './compare/runComparison.ts';
import { budgetsFor, settleBudgets } from './cost/budgets/budgetLedger.ts';
import { CallHistory } from './cost/callHistory.ts';
import type { RunEstimate } from './cost/estimate.ts';
import type { SpendingLimits } from './cost/spendingDecision.ts';
import { SpendingLimit } from './cost/spendingLimit.ts';
import { dearestTrial } from './cost/spent.ts';
import type { openDataset } from './datasets/dataset.ts';
import type { TrialResult } from './model/result.ts';
import type { RunPlan, RunRecord } from './model/run.ts';
import type { EditorModels } from './models/editorClient.ts';
import type { Clock, Environment, Log, Random, Secrets, Trust } from './ports.ts';
import type { RunReport } from './reports/runReport.ts';
import { executeRun } from './runs/execution/executeRun.ts';
import { countNotRecorded } from './runs/notRecorded.ts';
import { ensureSamePlan, type FileLists, isPartOf } from './runs/planChanges.ts';
import { type PreparedRun, prepareRuns, type RunOverrides } from './runs/preparation/prepareRun.ts';
import { newRunId } from './runs/runId.ts';
import { summarize } from './runs/tally/summarize.ts';
import { filesOf, hashedFiles, keepFiles, noteFiles } from './runs/workspaceFiles.ts';
import { CurrentResults } from './store/currentResults.ts';
import type { Owner } from './store/lease.ts';
import { RunStore } from './store/runStore.ts';
import { storePath } from './store/storeFile.ts';
import type { Workspace } from './suites/loadWorkspace.ts';
import type { TelemetrySink } from './telemetry/sink.ts';
import { SinkTelemetry } from './telemetry/telemetry.ts';
import { runTraceId } from './telemetry/traceIds.ts';

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
  /** Who hears of finished spans, log lines and evaluations, beside the store. */
  sinks?: readonly TelemetrySink[];
  /** How datasets of runs are opened, where it is not to be done in place. */
  openDataset?: typeof openDataset;
}

export interface RunListener {
  /** Once per run, before its first trial; `stored` trials were there already. */
  onStart(run: RunRecord, stored: number): void;
  /** After results are durably stored. */
  onResults(run: RunRecord, results: readonly TrialResult[]): void;
}

export interface FinishedRun {
  outcome: 'complete' | 'interrupted';
  /** Made of all results, when it is first asked for. */
  readonly report: RunReport;
}

/** The engine of one workspace; the command line and the engine process both stand on it. */
export interface Engine {
  readonly store: RunStore;
  /**
   * Makes ready what a suite asks for: one run for each of its datasets. Nothing is called yet. Throws
   * UserErrors for whatever the files or the configuration have wrong.
   */
  prepare(suite: string, overrides: RunOverrides, signal: AbortSignal): Promise<PreparedRun[]>;
  /**
   * Stores a run, not yet begun, and returns its id; or with `resume`, checks that the stored run may go on
   * with these inputs. Throws ResumeError when they changed since.
   */
  begin(prepared: PreparedRun, resume?: string): string;
  /**
   * Runs, or goes on with the stored run `resume`. Spending limits in `limits` take the place of the suite's;
   * a run that reaches one is interrupted with its reason. Throws ResumeError when its inputs changed since.
   */
  execute(
    prepared: PreparedRun,
    listener: RunListener,
    options: { signal: AbortSignal; resume?: string; limits?: SpendingLimits },
  ): Promise<FinishedRun>;
  /** What a run will probably cost and how long it will take. Nothing is called. */
  estimate(prepared: PreparedRun, signal: AbortSignal): Promise<RunEstimate>;
  /**
   * Finds the two sides of a comparison and makes ready what has to be run: one for each dataset of the suite.
   * Nothing is called yet. Throws UserErrors for whatever is wrong with the sides, files or configuration.
   */
  prepareComparison(request: ComparisonRequest, signal: AbortSignal): Promise<PreparedComparison[]>;
  /** Runs what is missing of both sides, interleaved, and compares them. */
  compare(
    prepared: PreparedComparison,
    listener: RunListener,
    options: RunComparisonOptions,
  ): Promise<FinishedComparison>;
  /** The report of a stored run. Throws ResumeError when there is none of that id. */
  report(runId: string): RunReport;
  /** Closes the store; idempotent. */
  close(): void;
}

/** `store` may be shared by several engines of one workspace; by default each opens its own. */
export function createEngine(
  workspace: Workspace,
  ports: EnginePorts,
  store: RunStore = new RunStore(storePath(workspace.root)),
): Engine {
  const telemetry = new SinkTelemetry(ports.sinks ?? [], ports);

  function begin(prepared: PreparedRun, resume?: string): string {
    if (resume !== undefined) {
      const stored = store.getRun(resume);
      ensureSamePlan(stored, prepared.inputs.plan, filesWith(prepared, stored));
      return resume;
    }
    const createdAt = ports.clock.now();
    if (prepared.files) keepFiles(store, prepared.files);
    const id = newRunId(createdAt, ports.random);
    store.createRun({ id, plan: prepared.inputs.plan, createdAt, traceId: runTraceId(id) });
    return id;
  }

  /** Where its results can stand in place of those of a stored run; otherwise it is a run by itself. */
  function asPart(prepared: PreparedRun, id: string): PreparedRun {
    const whole = store.getRun(id);
    if (!isPartOf(whole, prepared.inputs.plan, filesWith(prepared, whole))) return prepared;
    const partOf = whole.plan.partOf ?? id;
    return { ...prepared, inputs: { ...prepared.inputs, plan: { ...prepared.inputs.plan, partOf } } };
  }

  const filesWith = ({ inputs, files, suite }: PreparedRun, stored: RunRecord): FileLists => ({
    before: filesOf(store, stored.plan),
    after: files,
    hashed: hashedFiles(inputs.plan, suite.targets),
    silenceMs: store.leaseMs / 3,
  });

  const listing = ({ writes = [], recordings }: RunOverrides, signal: AbortSignal) => ({
    root: workspace.root,
    store,
    now: ports.clock.now(),
    except: recordings?.mode === 'record' ? [...writes, recordings.folder] : writes,
    signal,
  });

  async function run(
    prepared: PreparedRun,
    runId: string,
    listener: RunListener,
    signal: AbortSignal,
    limits: SpendingLimits = {},
    enough?: AbortSignal,
  ): Promise<'complete' | 'interrupted'> {
    const record = store.getRun(runId);
    prepared.budgets?.set(budgetsFor(store, record));
    const limit = await spendingLimit(prepared, record, limits);
    const outcome = await executeRun(prepared.inputs, {
      runId,
      store,
      owner: ports.owner,
      clock: ports.clock,
      log: ports.log,
      telemetry,
      signal,
      onStart: (stored) => listener.onStart(record, stored),
      onResults: (results) => listener.onResults(record, results),
      ...(limit ? { limit } : {}),
      ...(enough ? { enough } : {}),
    });
    if (prepared.budgets) settleBudgets(store, record, ports.clock.now());
    await telemetry.flush();
    return outcome;
  }

  /** A limit that a person set for a run stays with it when it goes on. */
  async function spendingLimit(
    prepared: PreparedRun,
    record: RunRecord,
    given: SpendingLimits,
  ): Promise<SpendingLimit | undefined> {
    // What a recording answers is not paid for.
    if (record.plan.origin?.replay) return undefined;
    if (given.perRun !== undefined) store.ledger.keepLimit(record.id, given.perRun);
    const kept = store.ledger.limitOf(record.id);
    const { perRun, ...rest } = {
      ...prepared.suite.budget,
      ...given,
      ...(kept === undefined ? {} : { perRun: kept }),
    };
    const limits: SpendingLimits = Number.isFinite(perRun) ? { ...rest, perRun } : rest;
    if (limits.perRun === undefined && limits.perDay === undefined) return undefined;

    const { createMostOfTrial } = await import('./cost/mostOfTrial.ts');
    const { estimatedRun } = await import('./runs/estimateInputs.ts');
    const history = CallHistory.read(store, record.plan.suite);
    return new SpendingLimit({
      limits,
      plan: record.plan,
      ledger: store.ledger,
      clock: ports.clock,
      dearestUsd: dearestTrial(store, record),
      mostOfTrial: await createMostOfTrial(
        estimatedRun(prepared, workspace, ports, history),
        prepared.budgets?.allowance,
      ),
    });
  }

  return {
    store,
    begin,
    prepare: async (suite, overrides, signal) => {
      const prepared = await prepareRuns(workspace, suite, overrides, { ...ports, store }, signal);
      const noted = await noteFiles(prepared, listing(overrides, signal));
      const whole = overrides.partOf;
      return whole === undefined ? noted : noted.map((one) => asPart(one, whole));
    },
    async estimate(prepared, signal) {
      const { estimateRun } = await import('./cost/estimate.ts');
      const { estimatedRun } = await import('./runs/estimateInputs.ts');
      const history = CallHistory.read(store, prepared.inputs.plan.suite);
      return estimateRun(estimatedRun(prepared, workspace, ports, history), signal);
    },
    async execute(prepared, listener, { signal, resume, limits }) {
      try {
        await prepared.ready(signal);
        const runId = begin(prepared, resume);
        const outcome = await run(prepared, runId, listener, signal, limits);
        let report: RunReport | undefined;
        return {
          outcome,
          get report() {
            report ??= readReport(store, runId);
            return report;
          },
        };
      } finally {
        await prepared.close();
      }
    },
    // Loaded when they are needed: the statistics take a while, and most runs compare nothing.
    async prepareComparison(request, signal) {
      const { prepareComparisons } = await import('./compare/prepareComparison.ts');
      const prepared = await prepareComparisons(workspace, request, { ...ports, store }, signal);
      const runs = prepared.flatMap(({ run }) => run ?? []);
      const noted = await noteFiles(runs, listing(request.overrides, signal));
      return prepared.map((one) =>
        one.run ? { ...one, run: noted[runs.indexOf(one.run)] ?? one.run } : one,
      );
    },
    async compare(prepared, listener, options) {
      const { runComparison } = await import('./compare/runComparison.ts');
      const runner: Runner = {
        store,
        now: () => ports.clock.now(),
        begin,
        execute: (one, id, heard, { signal, enough }) => run(one, id, heard, signal, {}, enough),
      };
      return runComparison(prepared, listener, options, runner);
    },
    report: (runId) => readReport(store, runId),
    close() {
      telemetry.close();
      store.close();
    },
  };
}

/** The report of a stored run; needs no workspace. Throws ResumeError when there is none of that id. */
export function readReport(store: RunStore, runId: string): RunReport {
  const run = store.getRun(runId);
  const { status, plan } = run;
  const current = new CurrentResults(store, runId);
  const counted = summarize(plan, current.results());
  const isEnough = status.state === 'complete' && status.reason !== undefined;
  const summary = isEnough ? { ...counted, missing: 0 } : counted;
  const policy = isJudged(plan) ? plan.gate : null;
  const judges = judgesForGate(store, run, policy, summary, () => current.results());
  const gate = policy ? judgeRun(policy, summary, judges) : null;
  const { total, missing } = summary;
  const allPassed = total.trials > 0 && total.passed === total.trials && missing === 0;
  const notRecorded = plan.origin?.replay ? countNotRecorded(current.results()) : 0;
  const rerun = current.reruns;
  return {
    run,
    summary,
    gate,
    passed: (gate?.passed ?? allPassed) && notRecorded === 0,
    ...(notRecorded > 0 ? { notRecorded } : {}),
    ...(rerun > 0 ? { rerun } : {}),
    results: (statuses) => current.results(statuses),
    caseAt: (caseIndex) => store.caseAt(runId, caseIndex),
  };
}

/** A gate speaks of one side, and a comparison holds both; it speaks of a dataset, not of cases picked one by one. */
function isJudged({ comparison, filter }: RunPlan): boolean {
  return !comparison && !filter.ids?.length;
}
