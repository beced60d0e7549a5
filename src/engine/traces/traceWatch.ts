import type { TraceReader } from './traceReader.ts';
import type { ListedTrace } from './traceSummary.ts';

/** What came since somebody looked last. */
export interface TraceChanges {
  /** As they are now; each once. */
  traces: ListedTrace[];
  /** There are more than are told, or some were forgotten: whoever shows traces asks anew. */
  more: boolean;
}

/** How often SQLite is asked whether another process has written, in milliseconds. */
const LOOK_MS = 250;
/** Changes that are told at once. */
const TOLD = 200;
/** How long what runs have written is read at a time, in milliseconds: lists wait behind it. */
const READ_MS = 30;

/** Tells what changes in the store of received traces while somebody looks. Its timer keeps no process alive. */
export class TraceWatch {
  readonly #reader: TraceReader;
  readonly #tell: (changes: TraceChanges) => void;
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;
  /** Traces of runs that came or went, and were not told. */
  #others = false;
  #seen: Seen | undefined;

  constructor(reader: TraceReader, tell: (changes: TraceChanges) => void) {
    this.#reader = reader;
    this.#tell = tell;
  }

  start(): void {
    if (this.#timer) return;
    this.#seen = this.#state();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    clearTimeout(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
  }

  /** A store that cannot be read now is looked at again the next time; whoever asks for its traces hears why. */
  look(): void {
    try {
      this.#look();
    } catch {
      this.#seen = undefined;
    }
  }

  #look(): void {
    const received = this.#received();
    if (received.traces.length > 0) this.#reader.touch(received.traces.map(({ traceId }) => traceId));
    this.#reader.readRuns(READ_MS);
    const runs = this.#reader.runNews();
    if (runs.more) this.#readOn();

    // Those of runs come last: they hold what was received as well.
    const traces = [
      ...new Map([...received.traces, ...runs.traces].map((one) => [one.traceId, one])).values(),
    ];
    this.#others ||= runs.others || traces.length > TOLD;
    const more = received.more || (this.#others && !runs.more);
    if (more) this.#others = false;
    if (traces.length > 0 || more) this.#tell({ traces: traces.slice(0, TOLD), more });
  }

  /** Much was written: the rest is read as soon as what is asked meanwhile has been answered. */
  #readOn(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      if (this.#timer) this.look();
    });
    this.#soon.unref();
  }

  #received(): { traces: ListedTrace[]; more: boolean } {
    const before = this.#seen;
    if (before && this.#reader.version === before.version) return { traces: [], more: false };

    const now = this.#state();
    // Another file, or one from which some were taken away: what was told before is worth nothing.
    const anew = !before || now.changed < before.changed || now.forgotten !== before.forgotten;
    const { traces, last, more } = anew
      ? { traces: [], last: now.changed, more: true }
      : this.#reader.store.changedAfter(before.changed, TOLD);
    this.#seen = { ...now, changed: more ? now.changed : last };
    return { traces, more };
  }

  #state(): Seen {
    const { version, store } = this.#reader;
    return { version, ...store.counts };
  }
}

interface Seen {
  version: string;
  changed: number;
  forgotten: number;
}
