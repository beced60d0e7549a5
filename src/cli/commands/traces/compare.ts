import type { Command } from 'commander';
import { UsageError } from '../../../engine/errors.ts';
import { compareTraces } from '../../../engine/traces/compareTraces.ts';
import { compareTrials } from '../../../engine/traces/compareTrials.ts';
import { findTrace } from '../../../engine/traces/findTrace.ts';
import { trialsOf } from '../../../engine/traces/traceSteps.ts';
import { caseTraceIn } from '../../../engine/traces/tracesOfCase.ts';
import { EXIT } from '../../exitCode.ts';
import { type OpenedTraces, openTraces } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { traceComparisonLines, trialComparisonLines } from '../../views/traceComparison.ts';

export interface TracesCompareOptions {
  config?: string;
  json?: boolean;
  case?: string;
  target?: string[];
}

/** `touchstone traces compare`: its arguments and options. */
export function addTracesCompare(traces: Command, act: RunAction): void {
  traces
    .command('compare')
    .description('show two traces beside each other: where they part, tools, tokens, cost and time')
    .argument('<left>', 'a trace id or its beginning; with --case, a run')
    .argument(
      '<right>',
      'another one; where both are of a case with several trials, what changed over all of them is told, too',
    )
    .option('--case <id>', 'compare this case of two runs')
    .option('--target <names...>', 'with --case, its target where there are several; or one for each side')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((left, right, options) => act((io) => compare(left, right, options, io)));
}

async function compare(left: string, right: string, options: TracesCompareOptions, io: Io): Promise<number> {
  if (options.target && options.case === undefined)
    throw new UsageError('--target needs --case', {
      remedy: 'Name the case as well, or leave --target out.',
    });
  using opened = await openTraces(options, io.cwd);
  const ids =
    options.case === undefined ? [left, right] : tracesOf(options.case, [left, right], options, opened);
  const [before, after] = ids.map((id) => trialsOf(findTrace(opened, id).tree));
  if (!before?.[0] || !after?.[0]) throw new Error('a trace has no trial');

  const compared = compareTraces(before[0], after[0]);
  const several = before.length > 1 || after.length > 1;
  const trials = several ? compareTrials(before, after) : null;
  if (options.json) {
    io.out(JSON.stringify({ ...compared, trials }, null, 2));
    return EXIT.passed;
  }

  if (several) io.out(io.style.dim('first trial of each'));
  for (const line of traceComparisonLines(compared, io)) io.out(line);
  if (trials) for (const line of trialComparisonLines(trials, io)) io.out(line);
  return EXIT.passed;
}

function tracesOf(
  caseId: string,
  runs: readonly string[],
  { target: targets = [] }: TracesCompareOptions,
  opened: OpenedTraces,
): string[] {
  return runs.map((run, side) => {
    const target = targets[side] ?? targets[0];
    return caseTraceIn(opened.runs, { run, caseId, target }).traceId;
  });
}
