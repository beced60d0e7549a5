import type { Command } from 'commander';
import type { Engine } from '../../engine/engine.ts';
import { counted } from '../../engine/model/figures.ts';
import type { PendingRun } from '../../engine/runs/lifecycle/begunRun.ts';
import { inTurn } from '../../engine/runs/lifecycle/inTurn.ts';
import { newestResumable } from '../../engine/runs/lifecycle/resumeRun.ts';
import { runTurns } from '../../engine/runs/lifecycle/runTurns.ts';
import type { PreparedRun } from '../../engine/runs/preparation/preparedRun.ts';
import { findRun } from '../../engine/store/findRun.ts';
import type { SuiteConfig } from '../../engine/suites/config/suiteConfig.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import type { OtlpSettings } from '../../engine/telemetry/otlp/otlpSettings.ts';
import { addPromptFiles, chooseSuites } from '../chooseSuites.ts';
import { type EvalOptions, overridesOf } from '../evalOptions.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import { tellInterrupted } from '../interruptedLines.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { dollars, wholeNumber } from '../options/amounts.ts';
import { configOption, otlpHeaderOption, otlpOption, outputOption } from '../options/common.ts';
import { readOtlpOptions, sendRuns } from '../otlp.ts';
import { checkRecordingOptions, findJudgedRun } from '../recordings.ts';
import { checkReportFiles, writeReportFiles } from '../reportFiles.ts';
import type { RunAction } from '../runAction.ts';
import { runOne } from '../runOne.ts';
import { withoutSwallowed } from '../swallowedPaths.ts';
import type { Io } from '../terminal/io.ts';
import { estimateLines } from '../views/estimate.ts';
import { problemLines } from '../views/problems.ts';
import { headingLine } from '../views/summary.ts';

/** With what the options say opened and checked. */
type RunOptions = EvalOptions & { collector: OtlpSettings | null; workspace: Workspace };

/** `touchstone eval`: its arguments and options. */
export function addEval(program: Command, act: RunAction): void {
  program
    .command('eval')
    .description('run suites: call the targets with every case and evaluate the outputs')
    .argument(
      '[paths...]',
      'a workspace folder, a configuration file, or datasets and prompts whose suites to run',
    )
    .addOption(configOption())
    .option('-s, --suite <name...>', 'run only these suites')
    .option(
      '-f, --filter <text...>',
      'run only cases whose id or description contains one of these; * matches any text',
    )
    .option('-t, --tag <tag...>', 'run only cases with one of these tags')
    .option('-m, --model <provider/model>', 'use this model for every prompt target')
    .option('--judge <provider/model>', 'use this model for every judge of the suite and its cases')
    .option('-r, --repeat <n>', 'number of trials per case', wholeNumber(1, 1000))
    .option('-j, --max-concurrency <n>', 'maximum number of concurrent calls', wholeNumber(1, 1024))
    .option('--seed <n>', 'random seed of the run', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--estimate', 'estimate the cost and duration of the run without calling anything')
    .option(
      '--max-cost <usd>',
      'stop the run before it costs more; --resume keeps the limit unless you set another one (none: no limit)',
      dollars,
    )
    .option('--resume [run]', 'resume an interrupted run (default: the newest)')
    .option('--record <folder>', 'record every reply of models and agents in this folder')
    .option(
      '--replay <folder>',
      'use the replies recorded in this folder and call nothing; a missing reply fails the run',
    )
    .option(
      '--rejudge [run]',
      'score the outputs of a stored run again (default: the newest) without calling its targets',
    )
    .option(
      '--trust',
      'run code from datasets and suites (JavaScript, Python, promptfoo providers), which is not sandboxed',
    )
    .addOption(outputOption())
    .addOption(otlpOption())
    .addOption(otlpHeaderOption())
    .option('--no-progress', 'hide the progress bar')
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
    const engine = openEngine(
      workspace,
      trust,
      options.estimate ? { keyless: true, access: 'read' } : { io },
    );
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
  const pending = await prepareAll(engine, suites, options, io.cwd, signal);
  for (const run of pending) showWarnings(run, io);
  if (options.estimate) return showEstimates(engine, pending, io, signal);

  const turns = runTurns(
    {
      execute: (run: PendingRun) => runOne(engine, run, options, io, signal),
      close: (run) => run.close(),
    },
    signal,
  );
  const ends = await inTurn(pending, turns, signal);
  for (const end of ends) if ('error' in end) throw end.error;

  const reports = ends.flatMap((end) => ('finished' in end ? [end.finished.report] : []));
  const last = reports.at(-1);
  if (!last) signal.throwIfAborted();
  await writeReportFiles(options.output ?? [], reports, io);
  const runs = reports.map(({ run }) => run);
  if (options.collector) await sendRuns(engine, runs, options.collector, io, signal);

  if (last && ends.some(({ outcome }) => outcome === 'interrupted'))
    return tellInterrupted(last.run, options, io);
  return reports.every(({ passed }) => passed) ? EXIT.passed : EXIT.failed;
}

/** Everything is checked before anything is called. */
async function prepareAll(
  engine: Engine,
  suites: readonly SuiteConfig[],
  options: EvalOptions,
  cwd: string,
  signal: AbortSignal,
): Promise<PendingRun[]> {
  const overrides = overridesOf(options, cwd);
  const { resume, rejudge } = options;
  if (resume !== undefined) {
    const id =
      resume === true
        ? newestResumable(engine.store, options.suite ?? []).id
        : findRun(engine.store, resume).id;
    return [await engine.resume(id, overrides, signal)];
  }

  if (rejudge !== undefined) {
    const names = suites.map(({ name }) => name);
    const { id, plan } = findJudgedRun(engine, rejudge, names);
    return engine.prepare(plan.suite, { ...overrides, rejudge: id }, signal);
  }

  const prepared: PreparedRun[] = [];
  for (const suite of suites) prepared.push(...(await engine.prepare(suite.name, overrides, signal)));
  return prepared;
}

/** Most warnings shown for a dataset; `touchstone validate` shows all of them. */
const MAX_WARNINGS = 10;

function showWarnings({ warnings }: PreparedRun, io: Io): void {
  for (const line of problemLines(warnings.slice(0, MAX_WARNINGS), io.errStyle)) io.err(line);
  const more = warnings.length - MAX_WARNINGS;
  if (more > 0)
    io.err(`… and ${counted(more, 'more warning', 'more warnings')}; list all with: touchstone validate`);
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
