import type { TraceTable } from '../store/tables/traceTable.ts';
import type { RunTrace, RunTraceList } from './runTraceList.ts';
import type { ListedTrace } from './traceSummary.ts';

/** What a step of reading brought. */
export interface IndexStep {
  /** Traces that are new or have changed since they were read last; those of long ago are not told one by one. */
  traces: ListedTrace[];
  /** Others appeared or were removed. */
  others: boolean;
  /** There is more to read. */
  more: boolean;
}

interface IndexOptions {
  /** Reads a trace as it is stored now; undefined where it is gone. */
  read(traceId: string): RunTrace | undefined;
  /** Milliseconds that pass; for steps of about the same length. */
  now(): number;
}

/** Rows of the store that are asked for at once. */
const ROWS = 100;
/** The newest traces are listed, as many as this; older ones are found by their ids. */
const MOST_TRACES = 50_000;

/**
 * Keeps a list of runs' traces up to date while runs are written and deleted: what is new first, then backwards what was there
 * before. Runs do not pay for it, since nobody may ever look.
 */
export class RunTraceIndex {
  readonly #options: IndexOptions;
  #runs = new Map<number, string>();
  /** Rows from `low` to `high` are read. */
  #high = 0;
  #low = 0;
  #begun = false;
  /** Traces whose other parts have changed. */
  readonly #again = new Set<string>();

  constructor(options: IndexOptions) {
    this.#options = options;
  }

  /** Begins anew, for instance since calls cost something else now. */
  reset(list: RunTraceList): void {
    this.#begun = false;
    this.#runs = new Map();
    list.clear();
  }

  /** More of these has come from elsewhere. */
  touch(traceIds: readonly string[]): void {
    for (const id of traceIds) this.#again.add(id);
  }

  /** Reads on for about so many milliseconds. */
  step(table: TraceTable, list: RunTraceList, ms: number): IndexStep {
    const until = this.#options.now() + ms;
    const removed = this.#forget(table, list);
    if (!this.#begun) this.#begin(table);

    const traces = new Map<string, ListedTrace>();
    let [newer, older, olderRead] = [true, true, 0];
    for (const id of this.#again) if (list.has(id)) this.#take(id, list, traces);
    this.#again.clear();
    while (newer && this.#options.now() < until) newer = this.#readNewer(table, list, traces);
    while (!newer && older && this.#options.now() < until) {
      const read = this.#readOlder(table, list);
      older = read !== null;
      olderRead += read ?? 0;
    }

    return { traces: [...traces.values()], others: removed || olderRead > 0, more: newer || older };
  }

  #begin(table: TraceTable): void {
    this.#begun = true;
    this.#high = table.lastRow();
    this.#low = this.#high + 1;
  }

  /** Numbers of rows and runs are used again after a deletion: what is behind the last row that is known is read anew. */
  #forget(table: TraceTable, list: RunTraceList): boolean {
    const now = table.runs();
    const gone = [...this.#runs].filter(([number, id]) => now.get(number) !== id);
    const kept = [...this.#runs].filter(([number, id]) => now.get(number) === id);
    this.#runs = now;
    if (gone.length === 0) return false;

    for (const [, id] of gone) list.remove(id);
    this.#high = Math.min(this.#high, table.lastRow(kept.map(([number]) => number)));
    this.#low = Math.min(this.#low, this.#high + 1);
    return true;
  }

  #readNewer(table: TraceTable, list: RunTraceList, traces: Map<string, ListedTrace>): boolean {
    const rows = table.writtenAfter(this.#high, ROWS);
    this.#high = rows.at(-1)?.row ?? this.#high;
    for (const id of new Set(rows.map(({ traceId }) => traceId))) this.#take(id, list, traces);
    return rows.length === ROWS;
  }

  /** Returns how many traces that were; null where all are read, or enough. */
  #readOlder(table: TraceTable, list: RunTraceList): number | null {
    if (list.count >= MOST_TRACES) return null;
    const rows = table.writtenBefore(this.#low, ROWS);
    this.#low = rows.at(-1)?.row ?? 0;
    const ids = [...new Set(rows.map(({ traceId }) => traceId))].filter((id) => !list.has(id));
    for (const id of ids) this.#take(id, list);
    return rows.length < ROWS && ids.length === 0 ? null : ids.length;
  }

  #take(traceId: string, list: RunTraceList, traces?: Map<string, ListedTrace>): void {
    const found = this.#options.read(traceId);
    if (!found) return;
    list.put(found);
    traces?.set(traceId, found.trace);
  }
}
