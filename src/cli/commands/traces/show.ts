import type { Command } from 'commander';
import { findTrace } from '../../../engine/traces/findTrace.ts';
import { listedTrace } from '../../../engine/traces/listTraces.ts';
import { EXIT } from '../../exitCode.ts';
import { openTraces } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { evaluationEntry } from '../../views/evaluationEntry.ts';
import { spanEntries } from '../../views/spanEntry.ts';
import { traceEntry } from '../../views/traceEntry.ts';
import { traceLines } from '../../views/traceView.ts';

export interface TracesShowOptions {
  config?: string;
  json?: boolean;
  messages?: boolean;
}

/** `touchstone traces show`: its argument and options. */
export function addTracesShow(traces: Command, act: RunAction): void {
  traces
    .command('show')
    .description('show a trace as a tree of its spans')
    .argument('<trace>', 'a trace id, or its beginning')
    .option('--messages', 'show the conversations of model calls and agents')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((id, options) => act((io) => show(id, options, io)));
}

async function show(id: string, options: TracesShowOptions, io: Io): Promise<number> {
  using opened = await openTraces(options, io.cwd);
  const found = findTrace(opened, id);
  const { tree, logs, evaluations, origin } = found;

  if (options.json) {
    const entry = {
      ...traceEntry(listedTrace(found)),
      tree: spanEntries(tree),
      evaluations: evaluations.map(evaluationEntry),
      logs,
    };
    io.out(JSON.stringify(entry, null, 2));
    return EXIT.passed;
  }

  if (origin) {
    const { runId, caseId, target } = origin;
    io.out(`case ${sanitizeLine(caseId)} at ${sanitizeLine(target)}, run ${sanitizeLine(runId)}`);
  }
  const shown = { logs, evaluations, messages: options.messages === true };
  for (const line of traceLines(tree, shown, io)) io.out(line);
  return EXIT.passed;
}
