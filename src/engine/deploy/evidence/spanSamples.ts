import type { SpanRecord } from '../../model/span.ts';
import { isInShare } from '../../monitors/spanMatch.ts';
import { storeStamp } from '../../store/file/storeStamp.ts';
import type { RouterConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { PriceSpan } from '../../telemetry/dialects/traceTree.ts';
import { TraceStore } from '../../traces/traceStore.ts';
import { traceStorePath } from '../../traces/traceStoreFormat.ts';
import type { Pair } from '../routers/router.ts';
import type { Side } from '../sides.ts';
import type { StepWindow } from './evidenceSource.ts';
import { type Attempt, attemptOf, exchangeSample } from './exchangeSample.ts';
import type { Sample } from './sample.ts';
import { StepQuality } from './stepQuality.ts';
import { tracedSample, versionSide } from './tracedSample.ts';

export interface SpanSamplesOptions {
  root: string;
  router: RouterConfig;
  price: PriceSpan;
  /** The monitor of the deployment, and its share; undefined where nothing is evaluated. */
  monitor: { name: string; share: number } | undefined;
}

const READ_AT_ONCE = 1_000;
/** Blue's answers from before a step count for so long where it gets no traffic within it, in milliseconds. */
const BEFORE_MS = 3_600_000;
/** Samples of blue from before a step. */
const MOST_BEFORE = 5_000;
/** A span may arrive so long after its start, in milliseconds. */
const LATE_MS = 600_000;

/**
 * Samples out of the spans of the trace store, each span read once: behind a cursor that begins where the earliest window does. Looks at
 * the store through a connection of its own that writes nothing.
 */
export class SpanSamples {
  readonly #options: SpanSamplesOptions;
  #store: TraceStore | undefined;
  /** Of the file that is open. */
  #stamp: string | undefined;
  #quality: StepQuality | undefined;
  #cursor: number | undefined;
  #pair: string | undefined;
  #attempts = new Map<string, Attempt[]>();
  #samples = new Map<string, { sample: Sample; spanId: string }>();
  /** Of a trace and a side, the span that began first. */
  #entries = new Map<string, { record: SpanRecord; side: Side }>();

  constructor(options: SpanSamplesOptions) {
    this.#options = options;
  }

  /** Throws StoreError. */
  read(pair: Pair, window: StepWindow, nowMs: number): Sample[] {
    const store = this.#open();
    const key = JSON.stringify([pair.blue?.digest, pair.blue?.name, pair.green.digest, pair.green.name]);
    if (key !== this.#pair) this.#begin(key, store, window.sinceMs - BEFORE_MS);
    this.#readOn(store, pair);
    this.#quality?.readOn();

    const found = [...this.#samples.values()].map(({ sample, spanId }) =>
      this.#judged(sample, spanId, nowMs),
    );
    const within = found.filter(({ atMs }) => atMs >= window.sinceMs && atMs <= window.untilMs);
    if (within.some(({ side }) => side === 'blue')) return within;
    const before = found.filter(
      ({ side, atMs }) => side === 'blue' && atMs < window.sinceMs && atMs >= window.sinceMs - BEFORE_MS,
    );
    return [...within, ...before.slice(-MOST_BEFORE)];
  }

  /** How many evaluations the monitor has left out, by reason. */
  get dropped(): { readonly [reason: string]: number } {
    return this.#quality?.dropped ?? {};
  }

  /** US dollars that judges of the answers are known to have taken since a moment, as of the last read. */
  spentSince(sinceMs: number): number {
    return this.#quality?.spentSince(sinceMs) ?? 0;
  }

  close(): void {
    this.#store?.close();
    this.#quality?.close();
    this.#store = undefined;
    this.#quality = undefined;
    this.#pair = undefined;
  }

  /** The file may be created, or replaced, while a deployment runs. */
  #open(): TraceStore {
    const { root, monitor, price } = this.#options;
    const file = traceStorePath(root);
    const stamp = storeStamp(file);
    if (this.#stamp !== stamp) this.close();
    this.#stamp = stamp;
    this.#store ??= new TraceStore(file, { access: 'read', price });
    if (monitor) this.#quality ??= new StepQuality(file, monitor.name);
    return this.#store;
  }

  #begin(key: string, store: TraceStore, sinceMs: number): void {
    this.#pair = key;
    this.#cursor = firstAfter(store, sinceMs - LATE_MS);
    this.#attempts = new Map();
    this.#samples = new Map();
    this.#entries = new Map();
  }

  #readOn(store: TraceStore, pair: Pair): void {
    const changed = new Set<string>();
    for (;;) {
      const spans = store.spansAfter(this.#cursor ?? 0, READ_AT_ONCE);
      for (const { seq, record } of spans) {
        if (this.#options.router.kind === 'local') this.#exchange(record, pair, this.#options.router.route);
        else this.#traced(record, pair, changed);
        this.#cursor = seq;
      }
      if (spans.length === 0) break;
    }
    for (const key of changed) this.#sumUp(store, key);
  }

  #exchange(record: SpanRecord, pair: Pair, route: string): void {
    const attempt = attemptOf(record, this.#options.price);
    if (attempt && record.parentSpanId !== null) {
      const key = `${record.traceId}:${record.parentSpanId}`;
      this.#attempts.set(key, [...(this.#attempts.get(key) ?? []), attempt]);
      return;
    }
    const key = `${record.traceId}:${record.spanId}`;
    const sample = exchangeSample(record, { route, pair, attempts: this.#attempts.get(key) ?? [] });
    this.#attempts.delete(key);
    if (sample) this.#samples.set(sample.id, { sample, spanId: record.spanId });
  }

  #traced(record: SpanRecord, pair: Pair, changed: Set<string>): void {
    const side = versionSide(record, pair);
    if (side === undefined) return;
    const key = `${record.traceId}:${side}`;
    const known = this.#entries.get(key);
    const isOuter = !known || record.startMs < known.record.startMs || record.endMs > known.record.endMs;
    if (isOuter) this.#entries.set(key, { record, side });
    changed.add(key);
  }

  #sumUp(store: TraceStore, key: string): void {
    const entry = this.#entries.get(key);
    const tree = entry && store.tree(entry.record.traceId);
    if (!entry || !tree) return;
    const sample = tracedSample(entry.record, entry.side, tree);
    this.#samples.set(sample.id, { sample, spanId: entry.record.spanId });
  }

  #judged(sample: Sample, spanId: string, nowMs: number): Sample {
    const { monitor } = this.#options;
    if (!monitor || sample.traceId === null || !isInShare(sample.traceId, monitor.share)) return sample;
    // An answer that never came was to be evaluated, and could not.
    if (sample.isError) return { ...sample, quality: null };
    const endedMs = sample.atMs + (sample.latencyMs ?? 0);
    const quality = this.#quality?.of(sample.traceId, spanId, nowMs - endedMs);
    return quality === undefined ? sample : { ...sample, quality };
  }
}

/** The place in the order of arrival before the first span that arrived at or after a moment. */
function firstAfter(store: TraceStore, sinceMs: number): number {
  let [low, high] = [0, store.lastSeq];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [span] = store.spansAfter(middle, 1);
    if (span && span.arrivedMs < sinceMs) low = Math.max(span.seq, middle + 1);
    else high = middle;
  }
  return Math.min(low, store.lastSeq);
}
