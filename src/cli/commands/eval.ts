import path from 'node:path';
import type { Command } from 'commander';
import type { RunEstimate } from '../../engine/cost/estimate.ts';
import type { Engine } from '../../engine/engine.ts';
import type { RunRecord } from '../../engine/model/run.ts';
import type { RunReport } from '../../engine/reports/runReport.ts';
import type { PreparedRun, RunOverrides } from '../../engine/runs/preparation/prepareRun.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import type { SuiteConfig } from '../../engine/suites/suiteConfig.ts';
import type { OtlpSettings } from '../../engine/telemetry/otlp/otlpSettings.ts';
import { againCommand, resumeOptions } from '../again.ts';
import { addPromptFiles, chooseSuites } from '../chooseSuites.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { dollars, wholeNumber } from '../options/amounts.ts';
import { configOption, otlpHeaderOption, otlpOption, outputOption } from '../options/common.ts';
import { type OtlpOptions, readOtlpOptions, sendRuns } from '../otlp.ts';
import {
  checkRecordingOptions,
  findJudgedRun,
  type RecordingOptions,
  recordingOverrides,
} from '../recordings.ts';
import { checkReportFiles, writeReportFiles } from '../reportFiles.ts';
import { findRun, pickPrepared, resumedOverrides } from '../resume.ts';
import type { RunAction } from '../runAction.ts';
import { withoutSwallowed } from '../swallowedPaths.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { budgetLines } from '../views/budgets.ts';
import { estimateLines, estimateOutcome, shortEstimate } from '../views/estimate.ts';
import { failureLines } from '../views/failures.ts';
import { originLines, recordingLines } from '../views/originView.ts';
import { problemLines } from '../views/problems.ts';
import { RunProgress } from '../views/runProgress.ts';
import { headingLine, summaryLines } from '../views/summary.ts';

export interface EvalOptions extends OtlpOptions, RecordingOptions {
  config?: string;
  suite?: string[];
  /** Only these targets. */
  targets?: string[];
  filter?: string[];
  tag?: string[];
  model?: string;
  judge?: string;
  repeat?: number;
  maxConcurrency?: number;
  seed?: number;
  resume?: string | true;
  trust?: boolean;
  output?: string[];
  progress: boolean;
  estimate?: boolean;
  maxCost?: number;
}

/** With what the options say opened and checked. */
type RunOptions = EvalOptions & { collector: OtlpSettings | null; workspace: Workspace };

/** This many cases that did not pass are shown; a report or `touchstone show --failed` has them all. */
const MAX_FAILURES = 20;

/** `touchstone eval`: its arguments and options. */
export function addEval(program: Command, act: RunAction): void {
  program
    .command('eval')
    .description('run suites: call the targets with every case and evaluate what they return')
    .argument(
      '[paths...]',
      'a workspace folder, a configuration, or datasets and prompts whose suites are run',
    )
    .addOption(configOption())
    .option('-s, --suite <name...>', 'only these suites')
    .option(
      '-f, --filter <text...>',
      'only cases whose id or description contains one of these; * stands for any text',
    )
    .option('-t, --tag <tag...>', 'only cases with one of these tags')
    .option('-m, --model <provider/model>', 'the model of every prompt target, in place of its own')
    .option(
      '--judge <provider/model>',
      'the model that judges, in place of every judge that the suite or its cases name',
    )
    .option('-r, --repeat <n>', 'trials of each case', wholeNumber(1, 1000))
    .option('-j, --max-concurrency <n>', 'most calls at the same time', wholeNumber(1, 1024))
    .option('--seed <n>', 'seed of the run', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--estimate', 'tell what the run will probably cost and how long it takes; nothing is called')
    .option(
      '--max-cost <usd>',
      'stop before the run costs more; it can be resumed, with the same limit or another one (none: without)',
      dollars,
    )
    .option('--resume [run]', 'go on with an interrupted run (default: the newest)')
    .option('--record <folder>', 'keep each reply of models and agents there, to be replayed')
    .option(
      '--replay <folder>',
      'take replies from there; nothing is called, and a missing one fails the run',
    )
    .option(
      '--rejudge [run]',
      'judge the outputs of a stored run anew (default: the newest); calls no target',
    )
    .option('--trust', 'run JavaScript that datasets and suites bring along; it is not sandboxed')
    .addOption(outputOption())
    .addOption(otlpOption())
    .addOption(otlpHeaderOption())
    .option('--no-progress', 'show no progress bar')
    .action((paths, options) => act((io) => evaluate(paths, options, io)));
}

export async function evaluate(given: string[], asked: EvalOptions, io: Io): Promise<number> {
  const { paths, options } = withoutSwallowed(given, asked, io.cwd);
  checkReportFiles(options.output ?? [], io.cwd);
  checkRecordingOptions(options);
  const collector = readOtlpOptions(options);
  const { signal, release } = onInterrupt(io);
  try {
    const { workspace, files, names } = await openWorkspace(paths, options, io.cwd, signal);
    addPromptFiles(workspace, files, options.model);
    for (const line of problemLines(workspace.warnings, io.errStyle)) io.err(line);
    const suites = chooseSuites(workspace, [...(options.suite ?? []), ...names], files);
    const trust = { commands: true, scripts: options.trust === true };
    const engine = openEngine(workspace, trust, options.estimate ? { keyless: true, access: 'read' } : {});
    try {
      return await runSuites(engine, suites, { ...options, collector, workspace }, io, signal);
    } finally {
      engine.close();
    }
  } finally {
    release();
  }
}

async function runSuites(
  engine: Engine,
  suites: readonly SuiteConfig[],
  options: RunOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const resumed =
    options.resume === undefined ? undefined : findRun(engine, options.resume, options.suite ?? []);
  const prepared = resumed
    ? [await prepareResumed(engine, resumed, overridesOf(options, io.cwd), signal)]
    : await prepareAll(engine, suites, options, io.cwd, signal);
  for (const run of prepared) showWarnings(run, io);
  if (options.estimate) return showEstimates(engine, prepared, io, signal);
  const reports: RunReport[] = [];
  let interrupted = false;
  for (const run of prepared) {
    if (interrupted) {
      await run.close();
      continue;
    }
    const finished = await runOne(engine, run, resumed?.id, options, io, signal);
    reports.push(finished.report);
    interrupted = finished.outcome === 'interrupted';
  }
  await writeReportFiles(options.output ?? [], reports, io);
  const runs = reports.map(({ run }) => run);
  if (options.collector) await sendRuns(engine, runs, options.collector, io, signal);
  if (interrupted) {
    const last = reports.at(-1)?.run;
    const resume = `touchstone eval --resume ${last?.id}${resumeOptions(options)}`;
    const kept = `everything stored so far is kept; go on with: ${againCommand(resume, options.workspace, io.cwd)}`;
    const reason = last?.status.state === 'interrupted' ? last.status.reason : undefined;
    if (reason !== undefined) {
      io.err(`${io.errStyle.red('stopped')} ${reason}`);
      io.err(`  ${kept}`);
      return EXIT.failed;
    }
    io.err(`interrupted: ${kept}`);
    return EXIT.interrupted;
  }
  return reports.every(({ passed }) => passed) ? EXIT.passed : EXIT.failed;
}

/** So many are shown of one dataset; `touchstone validate` has them all. */
const MAX_WARNINGS = 10;

function showWarnings({ warnings }: PreparedRun, io: Io): void {
  for (const line of problemLines(warnings.slice(0, MAX_WARNINGS), io.errStyle)) io.err(line);
  const more = warnings.length - MAX_WARNINGS;
  if (more > 0)
    io.err(`and ${more} more ${more === 1 ? 'warning' : 'warnings'}: see them all with touchstone validate`);
}

/** Nothing is called. */
async function showEstimates(
  engine: Engine,
  prepared: readonly PreparedRun[],
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  for (const run of prepared) {
    io.out(headingLine(run.inputs.plan, io.style));
    for (const line of estimateLines(await engine.estimate(run, signal), io)) io.out(line);
    io.out('');
    await run.close();
  }
  return EXIT.passed;
}

/** Only where a model is asked and paid for: to count its requests takes a moment. */
async function estimateOf(
  engine: Engine,
  prepared: PreparedRun,
  signal: AbortSignal,
): Promise<RunEstimate | undefined> {
  const { plan } = prepared.inputs;
  if (plan.origin !== undefined || plan.targets.every(({ kind }) => kind !== 'prompt')) return undefined;
  return engine.estimate(prepared, signal);
}

/** Everything is checked before anything is called. */
async function prepareAll(
  engine: Engine,
  suites: readonly SuiteConfig[],
  options: EvalOptions,
  cwd: string,
  signal: AbortSignal,
): Promise<PreparedRun[]> {
  const overrides = overridesOf(options, cwd);
  if (options.rejudge !== undefined) {
    const names = suites.map(({ name }) => name);
    const { id, plan } = findJudgedRun(engine, options.rejudge, names);
    return engine.prepare(plan.suite, { ...overrides, rejudge: id }, signal);
  }
  const prepared: PreparedRun[] = [];
  for (const suite of suites) prepared.push(...(await engine.prepare(suite.name, overrides, signal)));
  return prepared;
}

async function prepareResumed(
  engine: Engine,
  { plan }: RunRecord,
  given: RunOverrides,
  signal: AbortSignal,
): Promise<PreparedRun> {
  const overrides = resumedOverrides(plan, given);
  return pickPrepared(await engine.prepare(plan.suite, overrides, signal), plan);
}

function overridesOf(options: EvalOptions, cwd: string): RunOverrides {
  return {
    ...recordingOverrides(options, cwd),
    writes: (options.output ?? []).map((file) => path.resolve(cwd, file)),
    filter: { names: options.filter ?? [], tags: options.tag ?? [] },
    ...(options.targets === undefined ? {} : { targets: options.targets }),
    ...(options.repeat === undefined ? {} : { repeat: options.repeat }),
    ...(options.maxConcurrency === undefined ? {} : { maxConcurrency: options.maxConcurrency }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.model === undefined ? {} : { model: options.model }),
    ...(options.judge === undefined ? {} : { judge: options.judge }),
  };
}

async function runOne(
  engine: Engine,
  prepared: PreparedRun,
  resume: string | undefined,
  options: RunOptions,
  io: Io,
  signal: AbortSignal,
) {
  const { plan } = prepared.inputs;
  io.out(headingLine(plan, io.style));
  const { description } = prepared.suite;
  if (description) io.out(io.style.dim(sanitizeLine(description)));
  for (const line of originLines(plan, io.style)) io.out(line);
  const progress = new RunProgress(io, plan.trials, options.progress);
  const estimate = await estimateOf(engine, prepared, signal);
  if (estimate) io.out(io.style.dim(shortEstimate(estimate)));
  const finished = await engine.execute(
    prepared,
    {
      onStart: (run, stored) => progress.start(run, stored),
      onResults: (_run, results) => progress.add(results),
    },
    {
      signal,
      ...(resume === undefined ? {} : { resume }),
      ...(options.maxCost === undefined ? {} : { limits: { perRun: options.maxCost } }),
    },
  );
  progress.end();
  showFailures(finished.report, options.workspace, io);
  for (const line of summaryLines(finished.report, options.workspace, io)) io.out(line);
  for (const line of budgetLines(engine.store.budgets.ofRun(finished.report.run.id), io.style)) io.out(line);
  const outcome = estimate && finished.outcome === 'complete' && estimateOutcome(estimate, finished.report);
  if (outcome) io.out(io.style.dim(outcome));
  const folder = options.record ?? options.replay ?? '';
  for (const line of recordingLines(prepared, finished.report, { folder, style: io.style })) io.out(line);
  return finished;
}

function showFailures(report: RunReport, workspace: Workspace, io: Io): void {
  let shown = 0;
  let more = 0;
  for (const result of report.results(['failed', 'errored'])) {
    if (shown >= MAX_FAILURES) {
      more += 1;
      continue;
    }
    shown += 1;
    if (shown === 1) io.out('');
    for (const line of failureLines(result, {
      entry: report.caseAt(result.caseIndex)?.case,
      repeat: report.run.plan.repeat,
      io,
    }))
      io.out(line);
  }
  if (more > 0) {
    const show = againCommand(`touchstone show ${report.run.id} --failed`, workspace, io.cwd);
    io.out(io.style.dim(`… and ${more} more; all of them: ${show}\n`));
  } else if (shown === 0) io.out('');
}
