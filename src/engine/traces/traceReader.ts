import { TraceError } from '../errors.ts';
import type { LogRecord } from '../model/span.ts';
import { systemClock } from '../ports.ts';
import { MEMORY } from '../store/file/database.ts';
import { entryStamp, storeStamp } from '../store/file/storeStamp.ts';
import { RunStore } from '../store/runStore.ts';
import { StoreReader } from '../store/storeReader.ts';
import { diagnose, type TraceDiagnosis } from '../telemetry/dialects/doctor.ts';
import { walk } from '../telemetry/dialects/traceNode.ts';
import type { PriceSpan, TraceTree } from '../telemetry/dialects/traceTree.ts';
import { findTrace, type TraceSources, traceOf } from './findTrace.ts';
import { listedTrace } from './listTraces.ts';
import { placedLogs } from './placedLogs.ts';
import { type IndexStep, RunTraceIndex } from './runTraceIndex.ts';
import { type SpanDetail, spanDetail } from './spanDetail.ts';
import { lowestScore, type SpanEvaluation } from './spanEvaluations.ts';
import { type SpanRow, spanRows } from './spanRows.ts';
import { TraceStore } from './traceStore.ts';
import { type ListedTrace, summaryOf, type TraceOrigin, wordsOf } from './traceSummary.ts';
import { type CaseTraceEntry, tracesOfCase } from './tracesOfCase.ts';

export interface TraceFiles {
  /** Received traces. */
  traces: string;
  /** The store of runs. */
  runs: string;
}

/** A trace with its lines, as it was read last. */
export interface OpenTrace {
  tree: TraceTree;
  rows: readonly SpanRow[];
  /** Positions in `rows` by the node above; null: at the top. */
  below: ReadonlyMap<string | null, readonly number[]>;
  evaluations: readonly SpanEvaluation[];
  diagnosis: TraceDiagnosis;
  logs: readonly LogRecord[];
  /** The case of a run that it is of. */
  origin: TraceOrigin | null;
}

/** Spans of the traces that stay read: they are asked for piece by piece. */
const KEPT_SPANS = 250_000;
/** Digits of an id that is not a beginning. */
const WHOLE_ID = 32;
/** How long a list waits until the traces of runs are read that it is about, in milliseconds; the rest of them comes later. */
const LIST_WAIT_MS = 50;
/** Changes that are kept for whoever looks on; more of them are told as a whole. */
const MOST_NEWS = 200;

/** Looks at received traces and those of runs while others write them; creates and writes nothing. */
export class TraceReader {
  readonly #files: TraceFiles;
  readonly #runs: StoreReader;
  #price: PriceSpan;
  #empty: RunStore | undefined;
  #opened: { stamp: string; store: TraceStore } | undefined;
  readonly #index: RunTraceIndex;
  /** What the index has read; undefined where there is more of it. */
  #indexed: string | undefined;
  readonly #news = new Map<string, ListedTrace>();
  #otherNews = false;
  /** The one that was asked for last comes last. */
  readonly #open = new Map<string, { stamp: string; trace: OpenTrace }>();

  constructor(files: TraceFiles, price: PriceSpan = () => null) {
    this.#files = files;
    this.#runs = new StoreReader(files.runs);
    this.#price = price;
    this.#index = new RunTraceIndex({
      read: (traceId) => this.#readRunTrace(traceId),
      now: () => systemClock.monotonic(),
    });
  }

  /** What calls cost from now on. */
  set price(price: PriceSpan) {
    this.#price = price;
    this.#open.clear();
    this.#indexed = undefined;
    if (this.#opened) this.#index.reset(this.#opened.store.runs);
  }

  /** The store of received traces as it is now: an empty one where there is none. Throws StoreError. */
  get store(): TraceStore {
    const stamp = storeStamp(this.#files.traces);
    if (this.#opened?.stamp !== stamp) {
      const store = new TraceStore(this.#files.traces, { access: 'read' });
      for (const trace of this.#opened?.store.runs ?? []) store.runs.put(trace);
      this.#opened?.store.close();
      this.#opened = { stamp, store };
    }
    return this.#opened.store;
  }

  /** The same with what is there of runs. */
  get lists(): TraceStore {
    this.readRuns(LIST_WAIT_MS);
    return this.store;
  }

  /** Differs from before where something may have changed in the store of received traces. */
  get version(): string {
    const { version } = this.store;
    return `${this.#opened?.stamp} ${version}`;
  }

  /** Reads on what runs have written, for about so many milliseconds. What it brings is kept for `runNews`. */
  readRuns(ms: number): void {
    const stamp = entryStamp(this.#files.runs);
    if (stamp === this.#indexed) return;

    const { traces, others, more } = this.#index.step(this.#sources.runs.traces, this.store.runs, ms);
    this.#indexed = more ? undefined : stamp;
    for (const trace of traces) this.#news.set(trace.traceId, trace);
    this.#otherNews ||= others || this.#news.size > MOST_NEWS;
    if (this.#otherNews) this.#news.clear();
  }

  /** What was read of runs since it was asked for last. */
  runNews(): IndexStep {
    const news = { traces: [...this.#news.values()], others: this.#otherNews };
    this.#news.clear();
    this.#otherNews = false;
    return { ...news, more: this.#indexed === undefined };
  }

  /** More of these was received: those that are of runs are read anew. */
  touch(traceIds: readonly string[]): void {
    this.#index.touch(traceIds);
    this.#indexed = undefined;
  }

  /** Undefined where nothing of it has come. */
  trace(traceId: string): OpenTrace | undefined {
    const stamp = `${this.store.changeOf(traceId) ?? this.version} ${entryStamp(this.#files.runs)}`;
    const known = this.#open.get(traceId);
    this.#open.delete(traceId);
    if (known?.stamp === stamp) {
      this.#open.set(traceId, known);
      return known.trace;
    }

    const trace = this.#read(traceId);
    if (trace) this.#keep(traceId, { stamp, trace });
    return trace;
  }

  /** Traces of these ids, those of runs as well; what is not there is left out. */
  summaries(traceIds: readonly string[]): ListedTrace[] {
    const listed = new Map(this.store.summaries(traceIds).map((trace) => [trace.traceId, trace]));
    return traceIds.flatMap((id) => {
      const known = listed.get(id) ?? this.trace(id);
      if (!known) return [];
      return 'tree' in known ? this.summaryOf(known) : known;
    });
  }

  summaryOf({ tree, evaluations, origin }: OpenTrace): ListedTrace {
    return { ...summaryOf(tree), score: lowestScore(evaluations), origin };
  }

  /** Ids that begin so, the newest first. The id that an agent gave to its part of a case’s trace leads to that. */
  idsLike(prefix: string, limit: number): string[] {
    const { received, runs } = this.#sources;
    const ids = [...received.idsLike(prefix, limit), ...runs.traces.idsLike(prefix, limit)];
    return ids.length > 0 ? [...new Set(ids)].slice(0, limit) : this.#foreign(prefix);
  }

  span(traceId: string, spanId: string): SpanDetail | undefined {
    const trace = this.trace(traceId);
    const row = trace?.rows.find(({ id }) => id === spanId);
    if (!trace || !row) return undefined;

    const node = [...walk(trace.tree.roots)].find((each) => each.node.spanId === spanId)?.node;
    const { evaluations, diagnosis, logs } = trace;
    return spanDetail(row, {
      ...{ span: node?.span ?? null, logs },
      ...{ evaluations, findings: diagnosis.findings },
    });
  }

  /** The lines from the top down to a span, each with its place among those beside it; empty where there is no such span. */
  pathTo(traceId: string, spanId: string): { spanId: string; parent: string | null; index: number }[] {
    const { rows = [], below } = this.trace(traceId) ?? {};
    const places = new Map(rows.map(({ id }, place) => [id, place]));
    const path: { spanId: string; parent: string | null; index: number }[] = [];
    for (let place = places.get(spanId); place !== undefined; ) {
      const { id, parent } = rows[place] ?? { id: spanId, parent: null };
      path.unshift({ spanId: id, parent, index: below?.get(parent)?.indexOf(place) ?? 0 });
      place = parent === null ? undefined : places.get(parent);
    }
    return path;
  }

  /** The traces of a case in the newest runs. */
  ofCase(caseId: string, limit: number): CaseTraceEntry[] {
    return tracesOfCase(this.#runs.store ?? this.#noRuns, caseId, limit);
  }

  close(): void {
    this.#opened?.store.close();
    this.#opened = undefined;
    this.#empty?.close();
    this.#empty = undefined;
    this.#open.clear();
  }

  get #sources(): TraceSources {
    const runs = this.#runs.store ?? this.#noRuns;
    return { received: this.store, runs, price: this.#price };
  }

  /** Stands for a store of runs that is not there (yet). */
  get #noRuns(): RunStore {
    this.#empty ??= new RunStore(MEMORY);
    return this.#empty;
  }

  #foreign(id: string): string[] {
    try {
      return id.length < WHOLE_ID ? [] : [findTrace(this.#sources, id).tree.traceId];
    } catch (error) {
      if (error instanceof TraceError) return [];
      throw error;
    }
  }

  #readRunTrace(traceId: string): { trace: ListedTrace; words: string } | undefined {
    const found = traceOf(this.#sources, traceId);
    return found && { trace: listedTrace(found), words: wordsOf(found.tree) };
  }

  #read(traceId: string): OpenTrace | undefined {
    const found = traceOf(this.#sources, traceId);
    if (!found) return undefined;

    const { tree, logs, evaluations, origin } = found;
    const rows = spanRows(tree, { evaluations, price: this.#price });
    const below = new Map<string | null, number[]>();
    for (const [index, { parent }] of rows.entries()) {
      const known = below.get(parent);
      if (known) known.push(index);
      else below.set(parent, [index]);
    }
    const placed = placedLogs(tree, logs);
    return { tree, rows, below, evaluations, diagnosis: diagnose(tree), logs: placed, origin };
  }

  #keep(traceId: string, entry: { stamp: string; trace: OpenTrace }): void {
    this.#open.set(traceId, entry);
    let spans = 0;
    for (const { trace } of this.#open.values()) spans += trace.rows.length;
    for (const [id, { trace }] of this.#open) {
      if (spans <= KEPT_SPANS || id === traceId) break;
      spans -= trace.rows.length;
      this.#open.delete(id);
    }
  }
}
