import { type TraceSources, traceOf } from './findTrace.ts';
import { listedTrace } from './listTraces.ts';
import { matchesFilter } from './traceMatch.ts';
import type { TraceCursor, TraceFilter } from './traceQuery.ts';
import type { TraceStore } from './traceStore.ts';
import { type ListedTrace, wordsOf } from './traceSummary.ts';

interface NewsSources extends TraceSources {
  received: Pick<TraceStore, 'records' | 'idsLike' | 'evaluations' | 'traces' | 'counts'>;
}

const AT_ONCE = 200;

/**
 * What came or changed since somebody asked last, in the order of arrival: also what began long before, or by a clock that is
 * wrong, and however much it is.
 */
export class TraceNews {
  #change: number;
  #row: number;

  constructor({ received, runs }: NewsSources) {
    this.#change = received.counts.changed;
    this.#row = runs.traces.lastRow();
  }

  /** Each once, those that began first first. */
  read(sources: NewsSources, filter: TraceFilter): ListedTrace[] {
    const found = new Map<string, ListedTrace>();
    const ofRuns = this.#runIds(sources);
    for (const trace of this.#received(sources, filter)) {
      if (sources.runs.traces.idsLike(trace.traceId, 1).length > 0) ofRuns.add(trace.traceId);
      else found.set(trace.traceId, trace);
    }

    for (const id of ofRuns) {
      const trace = traceOf(sources, id);
      const listed = trace && listedTrace(trace);
      if (trace && listed && matchesFilter(listed, wordsOf(trace.tree), filter)) found.set(id, listed);
    }
    return [...found.values()].sort((a, b) => a.startMs - b.startMs);
  }

  #received({ received }: NewsSources, filter: TraceFilter): ListedTrace[] {
    const { changed } = received.counts;
    // Another file counts anew.
    const changedAfter = changed < this.#change ? 0 : this.#change;
    this.#change = changed;

    const traces: ListedTrace[] = [];
    for (let after: TraceCursor | null | undefined; after !== null; ) {
      const page = received.traces({ ...filter, changedAfter, limit: AT_ONCE, after });
      traces.push(...page.traces);
      after = page.next;
    }
    return traces;
  }

  /** Of the cases that were written since. */
  #runIds({ runs }: NewsSources): Set<string> {
    const ids = new Set<string>();
    // Rows of a run that was deleted are given to others.
    this.#row = Math.min(this.#row, runs.traces.lastRow());
    for (;;) {
      const rows = runs.traces.writtenAfter(this.#row, AT_ONCE);
      for (const { traceId } of rows) ids.add(traceId);
      this.#row = rows.at(-1)?.row ?? this.#row;
      if (rows.length < AT_ONCE) return ids;
    }
  }
}
