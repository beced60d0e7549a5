import type { TraceReader } from './traceReader.ts';
import type { TraceSummary } from './traceSummary.ts';

/** What came since somebody looked last. */
export interface TraceChanges {
  /** As they are now; each once. */
  traces: TraceSummary[];
  /** There are more than are told: whoever shows traces asks anew. */
  more: boolean;
  /** Milliseconds since the epoch: traces that began before it are forgotten. Null: all are. */
  oldestMs: number | null;
}

/** How often SQLite is asked whether another process has written, in milliseconds. */
const LOOK_MS = 200;
/** Changes that are told at once. */
const TOLD = 200;

/** Tells what changes in the store of received traces while somebody looks. Its timer keeps no process alive. */
export class TraceWatch {
  readonly #reader: TraceReader;
  readonly #tell: (changes: TraceChanges) => void;
  #timer: NodeJS.Timeout | undefined;
  #seen: { version: string; change: number; oldestMs: number | null } | undefined;

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
    this.#timer = undefined;
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
    const before = this.#seen;
    if (before && this.#reader.version === before.version) return;

    const { store } = this.#reader;
    const now = this.#state();
    // Another file, or one from which the latest was taken away: what was told before is worth nothing.
    const anew = !before || now.change < before.change;
    const { traces, last, more } = anew
      ? { traces: [], last: now.change, more: true }
      : store.changedAfter(before.change, TOLD);
    this.#seen = { ...now, change: more ? now.change : last };
    if (traces.length > 0 || more || now.oldestMs !== before?.oldestMs)
      this.#tell({ traces, more, oldestMs: now.oldestMs });
  }

  #state(): { version: string; change: number; oldestMs: number | null } {
    const { version, store } = this.#reader;
    return { version, change: store.lastChange, oldestMs: store.oldestMs };
  }
}
