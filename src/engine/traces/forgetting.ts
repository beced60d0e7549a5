import type { Connection } from '../store/file/connection.ts';
import type { Retention } from './retention.ts';

/** Traces that are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 100;
/** Pages that are given back to the disk in one go. */
const SHRUNK_AT_ONCE = 256;
const TABLES = [
  'spans',
  'log_lines',
  'stale',
  'aside',
  'traces',
  'evaluations',
  'pending_evaluations',
] as const;

/** Keeps the trace store within its limits: what arrived first is forgotten first, whatever its own clock says. */
export class Forgetting {
  readonly #connection: Connection;
  readonly #retention: Retention;

  constructor(connection: Connection, retention: Retention) {
    this.#connection = connection;
    this.#retention = retention;
  }

  /** Returns how many traces that were; 0 where none is left to forget. */
  forgetSome(now: number): number {
    const ids = this.#tooOld(now);
    if (ids.length === 0) return 0;

    this.#connection.transaction(() => {
      for (const id of ids)
        for (const table of TABLES) this.#connection.run(`DELETE FROM ${table} WHERE trace_id = ?`, id);
      this.#connection.run(`UPDATE counters SET value = value + ? WHERE name = 'forgotten'`, ids.length);
    });
    return ids.length;
  }

  /** Returns whether there is more to give. */
  shrinkSome(): boolean {
    const free = this.#freePages();
    if (free > 0) this.#connection.all(`PRAGMA incremental_vacuum(${SHRUNK_AT_ONCE})`);
    return this.#freePages() < free;
  }

  /** A trace that has come on meanwhile has its latest record still to be summed up: it is not old. */
  #tooOld(now: number): string[] {
    const { maxAgeMs, maxBytes } = this.#retention;
    const before = this.#bytes() > maxBytes ? Number.POSITIVE_INFINITY : now - maxAgeMs;
    const rows = this.#connection.all(
      `SELECT trace_id FROM
         (SELECT trace_id, arrived_ms FROM traces UNION ALL SELECT trace_id, arrived_ms FROM aside)
       WHERE arrived_ms < ? AND trace_id NOT IN (SELECT trace_id FROM stale) ORDER BY arrived_ms LIMIT ?`,
      before,
      FORGOTTEN_AT_ONCE,
    );
    return rows.map((row) => String(row['trace_id']));
  }

  /** Of the file, without what was given up in it and is used again. */
  #bytes(): number {
    const [row] = this.#connection.all(
      `SELECT (p.page_count - f.freelist_count) * s.page_size AS bytes
       FROM pragma_page_count p, pragma_freelist_count f, pragma_page_size s`,
    );
    return Number(row?.['bytes'] ?? 0);
  }

  #freePages(): number {
    return Number(this.#connection.all('PRAGMA freelist_count')[0]?.['freelist_count'] ?? 0);
  }
}
