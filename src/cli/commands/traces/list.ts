import { type Command, Option } from 'commander';
import { listTraces } from '../../../engine/traces/listTraces.ts';
import type { TraceOrder } from '../../../engine/traces/traceQuery.ts';
import type { ListedTrace } from '../../../engine/traces/traceSummary.ts';
import { EXIT } from '../../exitCode.ts';
import { openTraces } from '../../openTraces.ts';
import { wholeNumber } from '../../options/amounts.ts';
import { configOption } from '../../options/common.ts';
import { addTraceFilter, readTraceFilter, type TraceFilterOptions } from '../../options/traceFilter.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { traceEntry } from '../../views/traceEntry.ts';
import { emptyText, tracesTable } from '../../views/traceList.ts';

export interface TracesListOptions extends TraceFilterOptions {
  config?: string;
  json?: boolean;
  limit: number;
  sort?: TraceOrder;
  source?: 'received' | 'runs';
}

const ORDERS = ['newest', 'slowest', 'costliest', 'tokens', 'errors', 'lowest-score'] satisfies TraceOrder[];

/** `touchstone traces list`: its options. */
export function addTracesList(traces: Command, act: RunAction): void {
  addTraceFilter(traces.command('list', { isDefault: true }).description('list traces, the newest first'))
    .addOption(new Option('--source <source>', 'only these traces').choices(['received', 'runs']))
    .addOption(new Option('--sort <order>', 'what comes first').choices(ORDERS))
    .option('--limit <count>', 'the most traces to list', wholeNumber(1, 10_000), 20)
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((options) => act((io) => list(options, io)));
}

async function list(options: TracesListOptions, io: Io): Promise<number> {
  using opened = await openTraces(options, io.cwd);
  const filter = readTraceFilter(options);
  const { limit, sort: order, source } = options;
  const { traces, more } = listTraces(opened, { ...filter, limit, order, source });

  if (options.json) io.out(JSON.stringify({ traces: traces.map(traceEntry), more }, null, 2));
  else if (traces.length === 0) io.out(emptyText(Object.keys(filter).length > 0 || source !== undefined));
  else show(traces, more, io);
  return EXIT.passed;
}

function show(traces: readonly ListedTrace[], more: boolean, io: Io): void {
  const [head = '', ...body] = tracesTable(traces, io);
  io.out(io.style.dim(head));
  for (const line of body) io.out(line);
  if (more) io.err(io.errStyle.dim('There are more: narrow the list with filters, or raise --limit.'));
}
