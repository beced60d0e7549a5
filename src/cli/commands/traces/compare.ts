import type { Command } from 'commander';
import { compareTraces } from '../../../engine/traces/compareTraces.ts';
import { compareTrials } from '../../../engine/traces/compareTrials.ts';
import { findTrace } from '../../../engine/traces/findTrace.ts';
import { trialsOf } from '../../../engine/traces/traceSteps.ts';
import { EXIT } from '../../exitCode.ts';
import { openTraces } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { traceComparisonLines, trialComparisonLines } from '../../views/traceComparison.ts';

export interface TracesCompareOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone traces compare`: its arguments and options. */
export function addTracesCompare(traces: Command, act: RunAction): void {
  traces
    .command('compare')
    .description('show two traces beside each other: where they part, tools, tokens, cost and time')
    .argument('<left>', 'a trace id, or its beginning')
    .argument(
      '<right>',
      'another one; where both are of a case with several trials, what changed over all of them is told, too',
    )
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((left, right, options) => act((io) => compare(left, right, options, io)));
}

async function compare(left: string, right: string, options: TracesCompareOptions, io: Io): Promise<number> {
  using opened = await openTraces(options, io.cwd);
  const [before, after] = [left, right].map((id) => trialsOf(findTrace(opened, id).tree));
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
