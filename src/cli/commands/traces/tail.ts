import type { Command } from 'commander';
import { systemClock } from '../../../engine/ports.ts';
import { evaluationEntry } from '../../../engine/telemetry/stream/evaluationEntry.ts';
import { listTraces } from '../../../engine/traces/listTraces.ts';
import { TraceNews } from '../../../engine/traces/traceNews.ts';
import type { ListedTrace } from '../../../engine/traces/traceSummary.ts';
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
/** Evaluations that are taken up at once, and traces that are shown of those that were there before. */
const MOST = 200;

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
  const open = await traceOpener(options, io.cwd);
  const { seen, before } = begin(open, options);
  if (!options.json) io.err(io.errStyle.dim('waiting for traces (Ctrl-C ends)'));

  const { signal, release } = onInterrupt(io, 'ended');
  try {
    for (const line of tracesIn(before, options, seen, io)) io.out(line);
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
  news: TraceNews;
  /** By trace id. */
  shown: Map<string, string>;
  /** The last evaluation. */
  evaluation: number;
}

/** With `--since`, what was there before is shown as well. */
function begin(
  open: () => OpenedTraces,
  options: TracesTailOptions,
): { seen: Seen; before: readonly ListedTrace[] } {
  using opened = open();
  const evaluation = opened.received.evaluations.lastSeq;
  const seen = { news: new TraceNews(opened), shown: new Map(), evaluation };
  const filter = readTraceFilter(options);
  if (filter.since === undefined) return { seen, before: [] };
  return { seen, before: listTraces(opened, { ...filter, limit: MOST }).traces.reverse() };
}

function changes(open: () => OpenedTraces, options: TracesTailOptions, seen: Seen, io: Io): string[] {
  using opened = open();
  const traces = seen.news.read(opened, readTraceFilter(options));
  return [...tracesIn(traces, options, seen, io), ...evaluationsIn(opened, options, seen, io)];
}

/** A line for each trace that is new or has changed. */
function tracesIn(
  traces: readonly ListedTrace[],
  { json }: TracesTailOptions,
  { shown }: Seen,
  io: Io,
): string[] {
  return traces.flatMap((trace) => {
    const state = JSON.stringify([trace.spans, trace.endMs, trace.errors, trace.score]);
    const before = shown.get(trace.traceId);
    if (before === state) return [];
    shown.set(trace.traceId, state);
    return json ? JSON.stringify(traceEntry(trace)) : traceLine(trace, before !== undefined, io);
  });
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
