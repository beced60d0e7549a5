import path from 'node:path';
import type { Command } from 'commander';
import type { Outlook } from '../../engine/compare/pairs/outlook.ts';
import type { PreparedComparison } from '../../engine/compare/preparedComparison.ts';
import type { FinishedComparison } from '../../engine/compare/runComparison.ts';
import { isNotWorse } from '../../engine/compare/verdict/candidateVerdict.ts';
import type { Engine } from '../../engine/engine.ts';
import { MissingSideError, UsageError } from '../../engine/errors.ts';
import { unscoredFallbacks } from '../../engine/model/answerSources.ts';
import type { Comparison } from '../../engine/model/comparison.ts';
import { defined } from '../../engine/model/defined.ts';
import { counted } from '../../engine/model/figures.ts';
import { comparisonFormatOf } from '../../engine/reports/comparisonFormats.ts';
import { writeComparison } from '../comparisonFiles.ts';
import { EXIT } from '../exitCode.ts';
import { onInterrupt } from '../interrupt.ts';
import { openEngine } from '../openEngine.ts';
import { openWorkspace } from '../openWorkspace.ts';
import { share, wholeNumber } from '../options/amounts.ts';
import { configOption } from '../options/common.ts';
import { checkFolder } from '../reportFiles.ts';
import type { RunAction } from '../runAction.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { comparisonLines } from '../views/comparison.ts';
import { problemLines } from '../views/problems.ts';
import { RunProgress } from '../views/runProgress.ts';
import { evaluate } from './eval.ts';

export interface CompareOptions {
  config?: string;
  suite?: string;
  target?: string;
  baseline: string;
  candidate?: string;
  filter?: string[];
  tag?: string[];
  repeat?: number;
  maxConcurrency?: number;
  seed?: number;
  margin?: number;
  gate?: boolean;
  /** Where the baseline's revision has no configuration or suite, the candidate is evaluated alone. */
  allowMissingBaseline?: boolean;
  sequential?: boolean;
  /** False: nothing is taken over from earlier runs. */
  fresh?: boolean;
  all?: boolean;
  trust?: boolean;
  output?: string[];
  progress: boolean;
}

/** This many changed cases are listed without --all. */
const MAX_CASES = 20;

const COMPARE_WORDS = `
Exit code without --gate:
  better, equivalent, identical  0
  worse, mixed                   1
  undecided                      0; 1 if nothing was measured, or if missing results could make the candidate worse
With --gate the gate decides. It fails if the pass rate or mean score is significantly worse, unless it sets allow_regression.`;

/** `touchstone compare`: its arguments and options. */
export function addCompare(program: Command, act: RunAction): void {
  program
    .command('compare')
    .description(
      'compare a candidate with a baseline, case by case: better, worse, mixed, equivalent, identical or undecided',
    )
    .option(
      '-b, --baseline <side>',
      'a Git revision, a stored run, a target of the suite, or a provider/model',
      'HEAD',
    )
    .option('--candidate <side>', 'the same, or . for the working tree (default)')
    .addOption(configOption())
    .option('-s, --suite <name>', 'the suite; required if there are several')
    .option('--target <name>', 'compare only this target of the suite')
    .option(
      '-f, --filter <text...>',
      'run only cases whose id or description contains one of these; * matches any text',
    )
    .option('-t, --tag <tag...>', 'run only cases with one of these tags')
    .option('-r, --repeat <n>', 'number of trials per case', wholeNumber(1, 1000))
    .option('-j, --max-concurrency <n>', 'maximum number of concurrent calls', wholeNumber(1, 1024))
    .option('--seed <n>', 'random seed of both sides', wholeNumber(0, Number.MAX_SAFE_INTEGER))
    .option('--margin <share>', 'how much worse still counts as equivalent, such as 0.05', share)
    .option('--gate', "exit with 1 unless the suite's gate passes")
    .option(
      '--allow-missing-baseline',
      'evaluate the candidate alone, with its gate, if the baseline revision has no configuration or suite yet',
    )
    .option('--sequential', 'stop as soon as the verdict is settled; cases run in random order')
    .option('--fresh', 'do not reuse results of earlier runs')
    .option('--all', 'list all changed cases, not just the first 20')
    .option(
      '--trust',
      'run code from datasets and suites (JavaScript, Python, promptfoo providers), which is not sandboxed',
    )
    .option('-o, --output <file...>', 'write reports; the extension selects the format: .html, .json or .md')
    .option('--no-progress', 'hide the progress bar')
    .addHelpText('after', COMPARE_WORDS)
    .action((options) => act((io) => compare(options, io)));
}

/** Exit code 0 when the candidate is not worse, or with --gate when the gate holds; else 1. */
async function compare(options: CompareOptions, io: Io): Promise<number> {
  const outputs = options.output ?? [];
  for (const file of outputs) checkOutput(file, io.cwd);
  try {
    return await compareSides(options, io);
  } catch (error) {
    const isWorkspace = options.candidate === undefined || options.candidate === '.';
    if (!options.allowMissingBaseline || !isWorkspace || !(error instanceof MissingSideError)) throw error;
    io.err(
      `${io.errStyle.yellow('no comparison')} ${sanitizeLine(error.message)}: evaluating the candidate alone`,
    );
    const { allowMissingBaseline, baseline, candidate, suite, target, ...shared } = options;
    const targets = target === undefined ? {} : { targets: [target] };
    return evaluate([], { ...shared, ...targets, suite: [error.suite] }, io);
  }
}

async function compareSides(options: CompareOptions, io: Io): Promise<number> {
  const { signal, release } = onInterrupt(io);
  try {
    const { workspace } = await openWorkspace([], options, io.cwd, signal);
    for (const line of problemLines(workspace.warnings, io.errStyle)) io.err(line);
    const engine = openEngine(workspace, { commands: true, scripts: options.trust === true }, { io });
    try {
      return await compareAll(engine, options, io, signal);
    } finally {
      engine.close();
    }
  } finally {
    release();
  }
}

async function compareAll(
  engine: Engine,
  options: CompareOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const prepared = await engine.prepareComparison(requestOf(options, io.cwd), signal);
  const comparisons: Comparison[] = [];
  let interrupted: Interrupted | undefined;
  for (const one of prepared) {
    if (interrupted) {
      await one.run?.close();
      continue;
    }
    const finished = await compareOne(engine, one, options, io, signal);
    if (finished.outcome === 'interrupted') interrupted = finished;
    comparisons.push(finished.comparison);
  }
  if (interrupted) return tellUnfinished(interrupted, io);
  for (const file of options.output ?? []) await writeComparison(file, comparisons, engine.store, io);
  return comparisons.every((comparison) => holds(comparison, options)) ? EXIT.passed : EXIT.failed;
}

interface Interrupted {
  /** Why, where no person stopped it. */
  reason?: string | undefined;
}

function tellUnfinished({ reason }: Interrupted, io: Io): number {
  const kept = 'an unfinished comparison has no verdict; its results are stored and will be reused';
  if (reason === undefined) {
    io.err(`interrupted: ${kept}`);
    return EXIT.interrupted;
  }

  io.err(`${io.errStyle.red('stopped')} ${reason}`);
  io.err(`  ${kept}`);
  return EXIT.failed;
}

async function compareOne(
  engine: Engine,
  prepared: PreparedComparison,
  options: CompareOptions,
  io: Io,
  signal: AbortSignal,
): Promise<FinishedComparison & Interrupted> {
  const { run, baseline, candidate, suite, outlook } = prepared;
  if (options.gate && run && !run.inputs.plan.gate) {
    await run.close();
    throw new UsageError(`the suite ${suite} has no gate`, { remedy: 'Add a gate to it, or omit --gate.' });
  }
  io.out(
    `${io.style.bold(sanitizeLine(suite))}  ${sanitizeLine(baseline.label)} (baseline) vs. ${sanitizeLine(candidate.label)} (candidate)`,
  );
  // A sequential comparison uses another test, for which this figure does not hold.
  if (outlook && !options.sequential) io.out(io.style.dim(outlookLine(outlook)));
  let runId: string | undefined;
  const progress = new RunProgress(
    io,
    run?.inputs.plan.trials ?? 0,
    options.progress && run !== null,
    engine.guards,
  );
  const finished = await engine.compare(
    prepared,
    {
      onStart: (record, stored) => {
        runId = record.id;
        progress.start(record, stored);
      },
      onResults: (_record, results) => progress.add(results),
    },
    {
      signal,
      sequential: options.sequential === true,
      reuse: options.fresh !== true,
      ...defined({ margin: options.margin }),
    },
  );
  progress.end();
  if (finished.outcome === 'interrupted') return { ...finished, reason: reasonOf(runId, engine) };
  const view = {
    maxCases: options.all ? Number.POSITIVE_INFINITY : MAX_CASES,
    gate: options.gate === true,
  };
  io.out('');
  for (const line of comparisonLines(finished.comparison, view, io)) io.out(line);
  for (const line of exitLines(finished.comparison, options, io)) io.out(line);
  for (const line of progress.callLines()) io.out(io.style.dim(line));
  return finished;
}

function reasonOf(runId: string | undefined, { store }: Engine): string | undefined {
  const status = runId === undefined ? undefined : store.lookUp(runId)?.status;
  return status?.state === 'interrupted' ? status.reason : undefined;
}

function outlookLine({ cases, clusters, smallestPassChange }: Outlook): string {
  const units = clusters === cases ? '' : ` in ${counted(clusters, 'cluster')}`;
  const start = `${counted(cases, 'case')}${units}`;
  if (smallestPassChange === null) return `${start}: too few to detect any change in the pass rate`;
  return `${start}: enough to detect a pass-rate change of about ${Math.ceil(smallestPassChange * 100)} points (80 % power, if a quarter of the cases change)`;
}

function holds(comparison: Comparison, { gate }: CompareOptions): boolean {
  return gate ? comparison.gate?.passed === true : isNotWorse(comparison);
}

function exitLines(comparison: Comparison, options: CompareOptions, io: Io): string[] {
  const id = comparison.candidate.runId;
  const hint = io.style.dim(`run ${id}; to show one case with its trace: touchstone show ${id} --case ID`);
  if (!options.gate) return ['', hint];
  const { gate } = comparison;
  const word = gate?.passed
    ? io.style.green(io.style.bold('gate passed'))
    : io.style.red(io.style.bold('gate failed'));
  const unscored =
    unscoredFallbacks(comparison.baseline.sources) + unscoredFallbacks(comparison.candidate.sources);
  const left = unscored > 0 ? ` (${counted(unscored, 'answer')} of fallbacks not compared)` : '';
  const why = gate && gate.reason !== null ? `: ${sanitizeLine(gate.reason)}` : '';
  return ['', hint, `${word}${left}${why}`];
}

function requestOf(options: CompareOptions, cwd: string) {
  return {
    baseline: options.baseline,
    ...defined({ candidate: options.candidate, suite: options.suite, target: options.target }),
    overrides: {
      writes: (options.output ?? []).map((file) => path.resolve(cwd, file)),
      filter: { names: options.filter ?? [], tags: options.tag ?? [] },
      ...defined({ repeat: options.repeat, maxConcurrency: options.maxConcurrency, seed: options.seed }),
    },
  };
}

function checkOutput(file: string, cwd: string): void {
  comparisonFormatOf(file);
  checkFolder(file, cwd);
}
