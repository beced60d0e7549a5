import { existsSync } from 'node:fs';
import { UserError } from '../engine/errors.ts';
import type { LiveEvaluation } from '../engine/model/liveEvaluation.ts';
import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import type { Clock } from '../engine/ports.ts';
import type { PriceSpan } from '../engine/telemetry/dialects/traceTree.ts';
import type { ExportRequest } from '../engine/telemetry/otlp/otlpClient.ts';
import { Busy, type ReceivedRecords } from '../engine/telemetry/receiver/otlpRoutes.ts';
import { TraceIntake } from '../engine/traces/traceIntake.ts';
import { type NewRecords, TraceStore } from '../engine/traces/traceStore.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import { keepUp } from '../engine/traces/traceUpkeep.ts';
import type { ServicesStatus } from '../protocol/servicesCalls.ts';
import type { Forwarding } from './forwarding.ts';
import type { LiveSource } from './live.ts';

/** After which a sender tries again where nothing can be stored, in seconds. */
const RETRY_SECONDS = 5;
const CLOSED = 'the store was closed meanwhile';
/** Of which spans are counted as recent, in seconds. */
const RECENT_SECONDS = 60;

export interface ReceivedTracesOptions {
  root: string;
  clock: Clock;
  /** What it tells of itself has changed. */
  onChange(): void;
  onBug(error: unknown): void;
  /** What is taken is sent on there. */
  forward?: Pick<Forwarding, 'offer'> | undefined;
  /** The store was opened; it is closed once the signal is aborted. */
  onOpen?(source: LiveSource, signal: AbortSignal): void;
  /** Default: by the listed prices. */
  price?: PriceSpan;
}

/** Keeps what the receiver takes in the workspace's trace store, which is opened with the first of it. */
export class ReceivedTraces implements ReceivedRecords {
  readonly #root: string;
  readonly #price: PriceSpan;
  readonly #clock: Clock;
  readonly #onChange: () => void;
  readonly #onBug: (error: unknown) => void;
  readonly #onOpen: (source: LiveSource, signal: AbortSignal) => void;
  readonly #forward: ReceivedTracesOptions['forward'];
  readonly #counts = { spans: 0, logs: 0, duplicates: 0 };
  /** Spans by the second in which they came. */
  readonly #recent = new Map<number, number>();
  #lastAt: number | null = null;
  #problem: string | null = null;
  #opened: Opened | undefined;

  constructor(options: ReceivedTracesOptions) {
    const { root, clock, onChange, onBug, forward, onOpen = () => {}, price = spanPrice({}) } = options;
    this.#root = root;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#onBug = onBug;
    this.#forward = forward;
    this.#onOpen = onOpen;
    this.#price = price;
  }

  /** Goes on with what was stored before; where nothing was, with the first that comes. */
  goOn(): void {
    if (!existsSync(traceStorePath(this.#root))) return;
    try {
      this.#open();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#problem = error.message;
    }
  }

  /** Durable when it resolves. Rejects with Busy where it cannot be stored now. */
  async keep(records: NewRecords): Promise<void> {
    if (records.spans.length === 0 && records.logs.length === 0) return;
    let opened: Opened | undefined;
    try {
      opened = this.#open();
      this.#count(await opened.intake.keep(records));
      this.#problem = null;
    } catch (error) {
      // What else uses the store has found it broken, and it was closed before this was stored.
      if (opened?.stop.signal.aborted) throw new Busy(this.#problem ?? CLOSED, RETRY_SECONDS);
      if (!(error instanceof UserError)) throw error;
      this.#failed(opened, error);
      throw new Busy(error.message, RETRY_SECONDS);
    } finally {
      this.#onChange();
    }
  }

  /** Undefined where the file of what was kept is gone. */
  get storage(): TraceStore | undefined {
    const store = this.#opened?.store;
    return store?.isRemoved === false ? store : undefined;
  }

  taken(request: ExportRequest): void {
    this.#forward?.offer(request);
  }

  get received(): ServicesStatus['received'] {
    this.#forgetOld();
    const recentSpans = [...this.#recent.values()].reduce((sum, count) => sum + count, 0);
    return { ...this.#counts, recentSpans, lastAt: this.#lastAt };
  }

  /** What monitors said, behind one of it. */
  evaluations(seq: number, limit: number): LiveEvaluation[] {
    return this.#opened?.store.evaluations.after(seq, limit) ?? [];
  }

  /** The `seq` of the latest evaluation that was ever stored; 0 where none was. */
  get lastEvaluation(): number {
    return this.#opened?.store.evaluations.lastSeq ?? 0;
  }

  get problem(): string | null {
    return this.#problem;
  }

  close(): void {
    this.#close(this.#opened);
  }

  #open(): Opened {
    if (this.#opened) return this.#opened;
    const store = new TraceStore(traceStorePath(this.#root), {
      price: this.#price,
      clock: this.#clock,
      onBug: (error) => this.#onBug(error),
    });
    const opened: Opened = { store, intake: new TraceIntake(store), stop: new AbortController() };
    this.#opened = opened;
    const upkeep = { intake: opened.intake, clock: this.#clock, signal: opened.stop.signal };
    keepUp(store, upkeep).catch((error: unknown) => {
      if (error instanceof UserError) this.#failed(opened, error);
      else this.#onBug(error);
    });
    this.#onOpen({ traces: store, intake: opened.intake }, opened.stop.signal);
    return opened;
  }

  #count({ spans, logs, duplicates }: { spans: number; logs: number; duplicates: number }): void {
    this.#lastAt = this.#clock.now();
    this.#counts.spans += spans;
    this.#counts.logs += logs;
    this.#counts.duplicates += duplicates;
    const second = this.#second();
    this.#recent.set(second, (this.#recent.get(second) ?? 0) + spans);
    this.#forgetOld();
  }

  #forgetOld(): void {
    const oldest = this.#second() - RECENT_SECONDS;
    for (const second of this.#recent.keys()) if (second <= oldest) this.#recent.delete(second);
  }

  #second(): number {
    return Math.floor(this.#clock.monotonic() / 1_000);
  }

  /** The file may be gone or broken: the next one is opened anew. */
  #failed(opened: Opened | undefined, error: UserError): void {
    this.#problem = error.message;
    this.#close(opened);
  }

  #close(opened: Opened | undefined): void {
    if (!opened || opened.stop.signal.aborted) return;
    opened.stop.abort('closed');
    opened.store.close();
    if (this.#opened === opened) this.#opened = undefined;
  }
}

interface Opened {
  store: TraceStore;
  intake: TraceIntake;
  /** Ends its upkeep. */
  stop: AbortController;
}
