import type { LogRecord, SpanRecord } from '../model/span.ts';
import type { TraceStore } from '../traces/traceStore.ts';

export type RecentTracesSource = Pick<TraceStore, 'sizeOf' | 'recordsSince'>;

/** Spans, and log lines, of a trace that are looked at for one evaluation. */
export const MOST_RECORDS = 5_000;
/** Characters that are kept in memory, as they are stored. */
const MOST_KEPT = 32 * 1024 * 1024;

interface Kept {
  spans: SpanRecord[];
  logs: LogRecord[];
  lastSpan: number;
  lastLine: number;
  characters: number;
}

/** The traces that were looked at last: of a long one only what is new is read for each of its spans. */
export class RecentTraces {
  readonly #source: RecentTracesSource;
  /** The one that was looked at last is the last. */
  readonly #kept = new Map<string, Kept>();

  constructor(source: RecentTracesSource) {
    this.#source = source;
  }

  /** As far as it has come; undefined where it is too long. */
  records(traceId: string): { spans: readonly SpanRecord[]; logs: readonly LogRecord[] } | undefined {
    const size = this.#source.sizeOf(traceId);
    const before = this.#kept.get(traceId);
    this.#kept.delete(traceId);
    if (Math.max(size.spans, size.logs) > MOST_RECORDS) return undefined;

    let now = this.#extended(traceId, before ?? NOTHING);
    // Some of it was forgotten meanwhile.
    if (now.spans.length !== size.spans || now.logs.length !== size.logs)
      now = this.#extended(traceId, NOTHING);
    this.#kept.set(traceId, now);
    this.#forget();
    return now;
  }

  #extended(traceId: string, kept: Kept): Kept {
    const came = this.#source.recordsSince(traceId, kept);
    if (came.characters === 0) return kept;
    return {
      ...came,
      spans: [...kept.spans, ...came.spans],
      logs: [...kept.logs, ...came.logs],
      characters: kept.characters + came.characters,
    };
  }

  #forget(): void {
    let sum = 0;
    for (const { characters } of this.#kept.values()) sum += characters;
    for (const [traceId, { characters }] of this.#kept) {
      if (sum <= MOST_KEPT) return;
      this.#kept.delete(traceId);
      sum -= characters;
    }
  }
}

const NOTHING: Kept = { spans: [], logs: [], lastSpan: 0, lastLine: 0, characters: 0 };
