import { type FoundTrace, type TraceSources, traceOf } from './findTrace.ts';
import { lowestScore } from './spanEvaluations.ts';
import { matchesFilter, plainNeedles, rankOf } from './traceMatch.ts';
import type { TraceFilter, TraceOrder } from './traceQuery.ts';
import type { TraceStore } from './traceStore.ts';
import { type ListedTrace, summaryOf, wordsOf } from './traceSummary.ts';

export interface ListRequest extends TraceFilter {
  limit: number;
  order?: TraceOrder | undefined;
  /** So many traces of runs are read at most, the newest; those behind them are not looked at. Default 2,000. */
  mostOfRuns?: number;
}

export interface TraceList {
  traces: ListedTrace[];
  /** There are more than the limit, or older ones of runs that were not looked at. */
  more: boolean;
}

interface ListSources extends TraceSources {
  received: Pick<TraceStore, 'records' | 'idsLike' | 'evaluations' | 'traces' | 'unlisted'>;
}

const MOST_OF_RUNS = 2_000;
const MOST_UNLISTED = 200;

/** Received traces and those of runs in one list, in the order that is asked for. */
export function listTraces(sources: ListSources, request: ListRequest): TraceList {
  const { limit, order = 'newest', source, mostOfRuns = MOST_OF_RUNS, ...filter } = request;
  const found = new Map<string, ListedTrace>();

  let more = false;
  if (source !== 'runs') {
    const page = sources.received.traces({ ...filter, order, limit });
    more = page.next !== null;
    for (const summary of page.traces) found.set(summary.traceId, summary);
    for (const id of sources.received.unlisted(MOST_UNLISTED)) add(id);
  }

  if (source !== 'received') {
    const most = order === 'newest' && isEmpty(filter) ? limit + 1 : mostOfRuns;
    const ids = sources.runs.traces.idsContaining(plainNeedles(filter), most);
    more ||= ids.length === most;
    for (const id of ids) add(id);
  }

  const traces = [...found.values()].sort(
    (a, b) => rankOf(b, order) - rankOf(a, order) || (a.traceId < b.traceId ? -1 : 1),
  );
  return { traces: traces.slice(0, limit), more: more || traces.length > limit };

  function add(id: string): void {
    found.delete(id);
    const trace = traceOf(sources, id);
    const listed = trace && listedTrace(trace);
    if (trace && listed && matchesFilter(listed, wordsOf(trace.tree), filter)) found.set(id, listed);
  }
}

/** A trace as lists show it. */
export function listedTrace({ tree, evaluations, origin }: FoundTrace): ListedTrace {
  return { ...summaryOf(tree), score: lowestScore(evaluations), origin };
}

function isEmpty(filter: TraceFilter): boolean {
  return Object.values(filter).every((value) => value === undefined || value === false);
}
