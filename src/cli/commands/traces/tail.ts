import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { evaluationEntry } from '../../../engine/telemetry/stream/evaluationEntry.ts';
import { listTraces } from '../../../engine/traces/listTraces.ts';
import { EXIT } from '../../exitCode.ts';
import { Interrupted, onInterrupt } from '../../interrupt.ts';
import { type OpenedTraces, traceOpener } from '../../openTraces.ts';
import { configOption } from '../../options/common.ts';
import { addTraceFilter, readTraceFilter, type TraceFilterOptions } from '../../options/traceFilter.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { evaluationLine } from '../../views/evaluationLine.ts';
import { traceEntry } from '../../views/traceEntry.ts';
import { traceLine } from '../../views/traceList.ts';

export interface TracesTailOptions extends TraceFilterOptions {
  config?: string;
  json?: boolean;
}

/** How often the stores are looked at, in milliseconds. */
const EVERY_MS = 500;
/** Traces that are taken up at once. */
const MOST = 200;
/** Traces of runs that are read each time. */
const MOST_OF_RUNS = 50;

/** `touchstone traces tail`: its options. */
export function addTracesTail(traces: Command, act: RunAction): void {
  addTraceFilter(
    traces
      .command('tail')
      .description('follow traces and evaluations of monitors as they come, until Ctrl-C'),
  )
    .addOption(configOption())
    .option(
      '--json',
      'print each trace as a line of JSON, and again when it has changed; and each evaluation of a monitor',
    )
    .action((options) => act((io) => tail(options, io)));
}

async function tail(options: TracesTailOptions, io: Io): Promise<number> {
  const begin = systemClock.now();
  const open = await traceOpener(options, io.cwd);
  const seen: Seen = { begin, shown: new Map(), evaluation: lastEvaluation(open) };
  if (!options.json) io.err(io.errStyle.dim('waiting for traces (Ctrl-C ends)'));

  const { signal, release } = onInterrupt(io, 'ended');
  try {
    for (;;) {
      for (const line of changes(open, options, seen, io)) io.out(line);
      await systemClock.sleep(EVERY_MS, signal);
    }
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.passed;
    throw error;
  } finally {
    release();
  }
}

interface Seen {
  begin: number;
  /** By trace id. */
  shown: Map<string, string>;
  /** The last evaluation. */
  evaluation: number;
}

function lastEvaluation(open: () => OpenedTraces): number {
  using opened = open();
  return opened.received.evaluations.lastSeq;
}

/** A line for each trace that is new or has changed, the oldest first. */
function changes(open: () => OpenedTraces, options: TracesTailOptions, seen: Seen, io: Io): string[] {
  using opened = open();
  const { begin, shown } = seen;
  const filter = readTraceFilter(options);
  const { traces } = listTraces(opened, {
    ...filter,
    since: filter.since ?? begin,
    limit: MOST,
    mostOfRuns: MOST_OF_RUNS,
  });
  const ofTraces = traces.reverse().flatMap((trace) => {
    const state = JSON.stringify([trace.spans, trace.endMs, trace.errors, trace.score]);
    const before = shown.get(trace.traceId);
    if (before === state) return [];
    shown.set(trace.traceId, state);
    return options.json ? JSON.stringify(traceEntry(trace)) : traceLine(trace, before !== undefined, io);
  });
  return [...ofTraces, ...evaluationsIn(opened, options, seen, io)];
}

/** With a filter, those of the traces that are shown; else all. */
function evaluationsIn({ received }: OpenedTraces, options: TracesTailOptions, seen: Seen, io: Io): string[] {
  const { config: _config, json, ...filter } = options;
  const isFiltered = Object.keys(filter).length > 0;
  const made = received.evaluations.after(seen.evaluation, MOST);
  seen.evaluation = made.at(-1)?.seq ?? seen.evaluation;
  return made
    .filter(({ traceId }) => !isFiltered || seen.shown.has(traceId))
    .map((evaluation) =>
      json ? JSON.stringify(evaluationEntry(evaluation)) : evaluationLine(evaluation, io),
    );
}
