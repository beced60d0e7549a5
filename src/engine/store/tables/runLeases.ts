import { LeaseLostError, ResumeError } from '../../errors.ts';
import type { Connection } from '../file/connection.ts';
import { type Lease, mayTake, type Owner } from '../lease.ts';
import { type RunRow, toRunRecord } from './runRow.ts';

/** Who works on which run: taking it, showing oneself, giving it up. */
export class RunLeases {
  /** A process elsewhere that has not shown itself for this long has lost its run, in milliseconds. */
  readonly leaseMs: number;
  readonly #connection: Connection;
  /** Runs that could not be released, e.g. because the disk was full. */
  readonly #leftOver = new Set<string>();

  constructor(connection: Connection, leaseMs: number) {
    this.#connection = connection;
    this.leaseMs = leaseMs;
  }

  /** Takes the run for this process; `read` reads it. Throws ResumeError when another one works on it. */
  claim(read: () => RunRow, owner: Owner, now: number): Lease {
    const lease = this.#connection.transaction(() => {
      const row = read();
      this.refuseHeld(row, owner, now);
      this.#connection.run(
        `UPDATE runs SET state = 'running', owner_pid = ?, owner_host = ?, owner_started = ?, heartbeat = ?,
           seen_at = ?, attempts = attempts + 1 WHERE id = ?`,
        owner.pid,
        owner.host,
        owner.started,
        now,
        now,
        row.id,
      );

      return { runId: row.id, number: row.number, attempt: row.attempts };
    });

    this.#leftOver.delete(lease.runId);
    return lease;
  }

  /** Gives the run up. Throws LeaseLostError when another process took it over. */
  release(lease: Lease, state: 'complete' | 'interrupted', now: number, reason?: string): void {
    this.#leftOver.add(lease.runId);
    const changed = this.#connection.transaction(() =>
      this.#connection.run(
        `UPDATE runs SET state = ?, finished_at = ?, stop_reason = ?, seen_at = ?,
           owner_pid = NULL, owner_host = NULL, owner_started = NULL, heartbeat = NULL
         WHERE ${MINE}`,
        state,
        state === 'complete' ? now : null,
        reason ?? null,
        now,
        ...mine(lease),
      ),
    );
    this.#leftOver.delete(lease.runId);
    if (changed === 0) throw this.#lost(lease);
  }

  /** Throws ResumeError when a living process has the run. */
  refuseHeld(row: RunRow, owner: Owner, now: number): void {
    const { status } = toRunRecord(row);
    if (status.state !== 'running') return;
    const here = { owner, now, leaseMs: this.leaseMs, leftOver: this.#leftOver.has(row.id) };
    if (mayTake(status.owner, here)) return;
    throw new ResumeError(
      `run ${row.id} is being worked on by process ${row.owner_pid} on ${row.owner_host}`,
      { remedy: 'Wait until it ends, or stop that process first.' },
    );
  }

  /** Within a transaction: the first thing in it, and all of it is undone where the lease is lost. */
  renew(lease: Lease, { now, elapsedMs }: { now: number; elapsedMs: number }): void {
    const changed = this.#connection.run(
      `UPDATE runs SET heartbeat = ?, seen_at = ?, elapsed_ms = elapsed_ms + ? WHERE ${MINE}`,
      now,
      now,
      elapsedMs,
      ...mine(lease),
    );
    if (changed === 0) throw this.#lost(lease);
  }

  /** Throws LeaseLostError when anybody works on the run. */
  ensureFree({ id, state, owner_pid: pid, owner_host: host }: RunRow): void {
    if (state === 'running') throw new LeaseLostError(`process ${pid} on ${host} works on run ${id}`);
  }

  #lost({ runId }: Lease): LeaseLostError {
    const [row] = this.#connection.all('SELECT state, owner_pid, owner_host FROM runs WHERE id = ?', runId);
    const remedy = `What was stored before is kept. See it with: touchstone show ${runId}`;
    if (!row) return new LeaseLostError(`run ${runId} was deleted while this process worked on it`);
    const by = row.state === 'running' ? `process ${row.owner_pid} on ${row.owner_host}` : 'another process';
    return new LeaseLostError(
      `run ${runId} was taken over by ${by} while this one did not respond, so this one has stopped`,
      { remedy },
    );
  }
}

/** The run is still this process's own: each claim counts its attempts up. */
const MINE = `number = ? AND id = ? AND state = 'running' AND attempts = ?`;

function mine({ number, runId, attempt }: Lease): [number: number, id: string, attempts: number] {
  return [number, runId, attempt + 1];
}
