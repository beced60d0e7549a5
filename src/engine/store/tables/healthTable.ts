import type { ResilienceHealth } from '../../model/providerHealth.ts';
import type { Connection } from '../file/connection.ts';
import type { Owner } from '../lease.ts';

/** A process that has not written for so long calls nobody any more, in milliseconds. */
const STALE_MS = 60_000;

/** How providers are doing, as each process that calls them saw it last. Times are milliseconds since the epoch. */
export class HealthTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  write({ pid, host, started }: Owner, health: ResilienceHealth, now: number): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO provider_health (pid, host, started, written_at, health) VALUES (?, ?, ?, ?, ?)',
      pid,
      host,
      started,
      now,
      JSON.stringify(health),
    );
  }

  /** What this process has written, and what others left behind long ago. */
  remove({ pid, host }: Owner, now: number): void {
    this.#connection.run(
      'DELETE FROM provider_health WHERE (pid = ? AND host = ?) OR written_at < ?',
      pid,
      host,
      now - STALE_MS,
    );
  }

  /** Of the processes that still work, beside this one. Of a store of an earlier version that is only read, nothing. */
  ofOthers(owner: Owner, now: number): ResilienceHealth[] {
    if (!this.#connection.hasTable('provider_health')) return [];
    const rows = this.#connection.all(
      'SELECT pid, host, started, health FROM provider_health WHERE written_at >= ? ORDER BY written_at',
      now - STALE_MS,
    );
    return rows
      .filter(({ pid, host, started }) => {
        if (host !== owner.host) return true;
        if (pid === owner.pid) return false;
        return owner.alive(Number(pid), started === null ? null : String(started)) !== false;
      })
      .map(({ health }) => JSON.parse(String(health)) as ResilienceHealth);
  }
}
