import { TraceError } from '../errors.ts';
import { counted } from '../model/figures.ts';
import type { JsonValue } from '../model/json.ts';
import type { LogRecord, SpanRecord } from '../model/span.ts';
import type { RunStore } from '../store/runStore.ts';
import { TOUCHSTONE } from '../telemetry/attributes.ts';
import { type PriceSpan, type TraceTree, traceTree } from '../telemetry/dialects/traceTree.ts';
import { monitorEvaluations, type SpanEvaluation, spanEvaluations } from './spanEvaluations.ts';
import type { TraceStore } from './traceStore.ts';
import type { TraceOrigin } from './traceSummary.ts';

/** Where traces are: those that were received, and those of runs. */
export interface TraceSources {
  received: Pick<TraceStore, 'records' | 'idsLike' | 'evaluations'>;
  runs: Pick<RunStore, 'traces'>;
  price?: PriceSpan | undefined;
}

export interface FoundTrace {
  tree: TraceTree;
  spans: SpanRecord[];
  logs: LogRecord[];
  /** Those of its own, and those of monitors. */
  evaluations: SpanEvaluation[];
  /** Null for a trace that was received from elsewhere. */
  origin: TraceOrigin | null;
}

/** So many ids are listed where a beginning may mean several. */
const MOST_CANDIDATES = 8;

/**
 * The trace that a person means: by its id or the beginning of it, or by the id that an agent gave to its own part of a
 * case's trace. Throws TraceError when there is none, or several.
 */
export function findTrace(sources: TraceSources, wanted: string): FoundTrace {
  const id = wanted.trim().toLowerCase();
  const found = /^[0-9a-f]{1,32}$/.test(id) ? idOf(sources, id) : undefined;
  const trace = found === undefined ? undefined : traceOf(sources, found);
  if (trace) return trace;

  const { length } = /^[0-9a-f]{32}$/.test(id) ? sources.received.records(id).logs : [];
  if (length > 0)
    throw new TraceError(
      `of trace ${id}, ${counted(length, 'log line')} ${length === 1 ? 'is' : 'are'} stored, and no span`,
      { remedy: 'Import its spans as well, or let the agent send them.' },
    );
  throw new TraceError(`there is no trace ${wanted}`, {
    remedy: 'List the stored traces with: touchstone traces list',
  });
}

/** What both sources have of a trace, each span once. Undefined where there is nothing. */
export function traceOf({ received, runs, price }: TraceSources, traceId: string): FoundTrace | undefined {
  const there = received.records(traceId);
  const spans = distinct([...there.spans, ...runs.traces.spans(traceId)], ({ spanId }) => spanId);
  if (spans.length === 0) return undefined;

  const logs = distinct([...there.logs, ...runs.traces.logs(traceId)], (line) => JSON.stringify(line));
  spans.sort((a, b) => a.startMs - b.startMs);
  logs.sort((a, b) => a.timeMs - b.timeMs);
  const tree = traceTree(spans, { logs, ...(price ? { price } : {}) });
  const evaluations = [
    ...spanEvaluations(spans, logs),
    ...monitorEvaluations(received.evaluations.ofTrace(traceId)),
  ];
  return { tree, spans, logs, evaluations, origin: originOf(spans) };
}

function idOf({ received, runs }: TraceSources, beginning: string): string | undefined {
  const most = MOST_CANDIDATES + 1;
  const ids = [...received.idsLike(beginning, most), ...runs.traces.idsLike(beginning, most)];
  const [id, ...others] = new Set(ids);
  if (id === undefined) return foreignId(runs, beginning);
  if (others.length === 0 || id === beginning) return id;

  const candidates = [id, ...others].slice(0, MOST_CANDIDATES).join(', ');
  const more = others.length >= MOST_CANDIDATES ? ' and more' : '';
  throw new TraceError(`several traces begin with ${beginning}: ${candidates}${more}`, {
    remedy: 'Write more of the id.',
  });
}

/** An agent that begins traces of its own writes their ids into its logs: its spans stand in the trace of their case. */
function foreignId(runs: TraceSources['runs'], id: string): string | undefined {
  if (id.length < 32) return undefined;
  return runs.traces.idsContaining([`"${TOUCHSTONE.originTraceId}":"${id}"`], 1)[0];
}

function originOf(spans: readonly SpanRecord[]): TraceOrigin | null {
  for (const { attributes } of spans) {
    const runId = textOf(attributes[TOUCHSTONE.runId]);
    const caseId = textOf(attributes[TOUCHSTONE.caseId]);
    const target = textOf(attributes[TOUCHSTONE.targetName]);
    if (runId !== null && caseId !== null && target !== null) return { runId, caseId, target };
  }
  return null;
}

function textOf(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function distinct<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}
