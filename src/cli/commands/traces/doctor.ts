import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { TraceError } from '../../../engine/errors.ts';
import { readBytes } from '../../../engine/files/readText.ts';
import { counted } from '../../../engine/model/figures.ts';
import { diagnose } from '../../../engine/telemetry/dialects/doctor.ts';
import { type TraceTree, traceTree } from '../../../engine/telemetry/dialects/traceTree.ts';
import { findTrace } from '../../../engine/traces/findTrace.ts';
import { listTraces } from '../../../engine/traces/listTraces.ts';
import { readTraceFile, type TraceFile } from '../../../engine/traces/traceFile.ts';
import { EXIT } from '../../exitCode.ts';
import { type OpenedTraces, openTraces } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { sanitizeLine } from '../../terminal/sanitize.ts';
import { diagnosisLines } from '../../views/traceDiagnosis.ts';

export interface TracesDoctorOptions {
  config?: string;
  json?: boolean;
}

/** `touchstone traces doctor`: its argument and options. */
export function addTracesDoctor(traces: Command, act: RunAction): void {
  traces
    .command('doctor')
    .description('tell which conventions a trace follows, and what is deprecated, missing or not understood')
    .argument(
      '[trace]',
      'a trace id or its beginning, or a file of spans (default: the newest received trace)',
    )
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((trace, options) => act((io) => doctor(trace, options, io)));
}

async function doctor(wanted: string | undefined, options: TracesDoctorOptions, io: Io): Promise<number> {
  using opened = await openTraces(options, io.cwd);
  const file = wanted === undefined ? undefined : fileAt(wanted, io.cwd);
  const trees = file ? treesOf(file, opened) : [treeOf(opened, wanted)];
  const { rejected = 0, reasons = [] } = file ?? {};

  if (options.json) {
    const traces = trees.map((tree) => ({ trace_id: tree.traceId, spans: tree.spans, ...diagnose(tree) }));
    io.out(JSON.stringify({ traces, rejected, reasons }, null, 2));
    return EXIT.passed;
  }

  for (const tree of trees) for (const line of diagnosisLines(tree, diagnose(tree), io)) io.out(line);
  if (rejected > 0) {
    io.out(io.style.yellow(`${counted(rejected, 'record')} could not be read:`));
    for (const reason of reasons) io.out(`  ${sanitizeLine(reason)}`);
  }
  return EXIT.passed;
}

function fileAt(wanted: string, cwd: string): TraceFile | undefined {
  const file = path.resolve(cwd, wanted);
  return existsSync(file) ? readTraceFile(readBytes(file, wanted), wanted) : undefined;
}

function treesOf({ spans, logs }: TraceFile, { price }: OpenedTraces): TraceTree[] {
  const logsOf = Map.groupBy(logs, ({ traceId }) => traceId);
  return [...Map.groupBy(spans, ({ traceId }) => traceId)].map(([id, group]) =>
    traceTree(group, { logs: logsOf.get(id) ?? [], price }),
  );
}

function treeOf(opened: OpenedTraces, wanted: string | undefined): TraceTree {
  if (wanted !== undefined) return findTrace(opened, wanted).tree;
  const newest = (source?: 'received') => listTraces(opened, { limit: 1, source }).traces[0];
  const trace = newest('received') ?? newest();
  if (trace) return findTrace(opened, trace.traceId).tree;
  throw new TraceError('there is no trace yet', {
    remedy: 'Receive those of your agent with: touchstone serve, or give a file of spans.',
  });
}
