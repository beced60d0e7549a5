import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { Clock } from '../../ports.ts';
import { Connection, type StoreAccess } from '../../store/file/connection.ts';
import { mayTake, type Owner } from '../../store/lease.ts';
import { makeFolder, refuseLinks } from '../../store/storeFile.ts';
import { isEnd } from '../machine/machineState.ts';
import { DEPLOYMENTS, deploymentsPath } from './deploymentsFormat.ts';
import type { EntryDraft, Hold, Journal, JournalEntry } from './journal.ts';
import { JournalConflict } from './journalConflict.ts';
import { transitionOf } from './journalData.ts';

export interface LocalJournalOptions {
  /** Absolute path of the workspace. */
  root: string;
  /** This process. */
  owner: Owner;
  clock: Pick<Clock, 'now'>;
  /** `read` writes and creates nothing; it may be open while others write. */
  access?: StoreAccess;
}

/** The journal of a workspace, in `.touchstone/deployments.db`. Rejects with StoreError where the file cannot be used. */
export class LocalJournal implements Journal {
  readonly #connection: Connection;
  readonly #owner: Owner;
  readonly #clock: Pick<Clock, 'now'>;

  /** Throws StoreError. */
  constructor({ root, owner, clock, access = 'write' }: LocalJournalOptions) {
    const file = deploymentsPath(root);
    if (access === 'write') makePrivate(file);
    this.#connection = new Connection(file, DEPLOYMENTS, access);
    this.#owner = owner;
    this.#clock = clock;
  }

  /** A reader that was opened before there was a journal sees none, whatever comes later. */
  get isStandIn(): boolean {
    return this.#connection.isStandIn;
  }

  async list(signal: AbortSignal): Promise<string[]> {
    signal.throwIfAborted();
    return this.#connection
      .all('SELECT DISTINCT deployment FROM entries ORDER BY deployment')
      .map(({ deployment }) => String(deployment));
  }

  async read(deployment: string, signal: AbortSignal): Promise<JournalEntry[]> {
    signal.throwIfAborted();
    return this.#read(deployment);
  }

  async append(
    deployment: string,
    entry: EntryDraft,
    after: number,
    signal: AbortSignal,
  ): Promise<JournalEntry> {
    signal.throwIfAborted();
    return this.#connection.transaction(() => {
      this.#checkLease(deployment, entry, after);
      const { attempt, seq } = this.#place(deployment, after);
      this.#connection.run(
        'INSERT INTO entries (deployment, attempt, seq, kind, at_ms, author, text, data) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...[
          deployment,
          attempt,
          seq,
          entry.kind,
          entry.atMs,
          entry.by,
          entry.text,
          JSON.stringify(entry.data),
        ],
      );
      return { ...entry, seq };
    });
  }

  async hold(deployment: string, holder: string, leaseMs: number, signal: AbortSignal): Promise<Hold> {
    signal.throwIfAborted();
    const now = this.#clock.now();
    return this.#connection.transaction((): Hold => {
      const other = this.#lease(deployment);
      if (other && other.holder !== holder && !this.#mayTake(other, now))
        return { isHeld: false, by: other.holder, untilMs: other.heartbeat + other.leaseMs };

      const { pid, host, started } = this.#owner;
      this.#connection.run(
        'INSERT OR REPLACE INTO leases (deployment, holder, pid, host, started, heartbeat_ms, lease_ms) VALUES (?, ?, ?, ?, ?, ?, ?)',
        ...[deployment, holder, pid, host, started, now, leaseMs],
      );
      return { isHeld: true };
    });
  }

  async release(deployment: string, holder: string): Promise<void> {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM leases WHERE deployment = ? AND holder = ?', deployment, holder);
    });
  }

  /** Who controls a deployment; null where nobody does. Changes nothing. */
  holderOf(deployment: string): string | null {
    const lease = this.#lease(deployment);
    return lease && !this.#mayTake(lease, this.#clock.now()) ? lease.holder : null;
  }

  /** Idempotent. */
  close(): void {
    this.#connection.close();
  }

  /** Wishes are anybody's, and so is the beginning while nobody controls the deployment. */
  #checkLease(deployment: string, { kind, by }: EntryDraft, after: number): void {
    if (kind === 'wish') return;
    const lease = this.#lease(deployment);
    if (lease?.holder === by) return;
    const isFree = !lease || this.#mayTake(lease, this.#clock.now());
    if (after === 0 && isFree) return;
    throw new JournalConflict(
      lease && !isFree
        ? `the deployment "${deployment}" is controlled by ${lease.holder}`
        : `${by} does not control the deployment "${deployment}"`,
      { remedy: 'Nothing was changed.' },
    );
  }

  /** A new attempt begins with `after` 0, once the one before has ended. */
  #place(deployment: string, after: number): { attempt: number; seq: number } {
    const attempt = this.#attempt(deployment);
    const entries = attempt === 0 ? [] : this.#read(deployment);
    const last = entries.at(-1)?.seq ?? 0;
    if (attempt > 0 && last === after) return { attempt, seq: after + 1 };

    const phase = entries.flatMap((entry) => transitionOf(entry) ?? []).at(-1)?.state.phase;
    const isOver = attempt === 0 || (phase !== undefined && isEnd(phase));
    if (after === 0 && isOver) return { attempt: attempt + 1, seq: 1 };
    throw new JournalConflict(
      `somebody else has written to the journal of the deployment "${deployment}" meanwhile`,
      { remedy: 'Nothing was changed. Look at it again.' },
    );
  }

  #attempt(deployment: string): number {
    const [row] = this.#connection.all(
      'SELECT MAX(attempt) AS attempt FROM entries WHERE deployment = ?',
      deployment,
    );
    return Number(row?.['attempt'] ?? 0);
  }

  #read(deployment: string): JournalEntry[] {
    const rows = this.#connection.all(
      `SELECT seq, kind, at_ms, author, text, data FROM entries
       WHERE deployment = ?1 AND attempt = (SELECT MAX(attempt) FROM entries WHERE deployment = ?1) ORDER BY seq`,
      deployment,
    );
    return rows.map((row) => ({
      seq: Number(row['seq']),
      kind: kindOf(row['kind']),
      atMs: Number(row['at_ms']),
      by: String(row['author']),
      text: String(row['text']),
      data: this.#dataOf(row),
    }));
  }

  #dataOf({ seq, data: text }: { [column: string]: unknown }): JsonObject {
    try {
      const data: unknown = JSON.parse(String(text));
      return isJsonObject(data) ? data : {};
    } catch (error) {
      throw new StoreError(`entry ${String(seq)} of the journal of deployments is damaged`, {
        where: { path: this.#connection.file },
        remedy: 'Move the file away to begin a new journal; it has been left as it was.',
        cause: error,
      });
    }
  }

  #mayTake(holder: LeaseRow, now: number): boolean {
    return mayTake(holder, { owner: this.#owner, now, leaseMs: holder.leaseMs, leftOver: false });
  }

  #lease(deployment: string): LeaseRow | undefined {
    const [row] = this.#connection.all(
      'SELECT holder, pid, host, started, heartbeat_ms, lease_ms FROM leases WHERE deployment = ?',
      deployment,
    );
    if (!row) return undefined;
    return {
      holder: String(row['holder']),
      pid: Number(row['pid']),
      host: String(row['host']),
      started: row['started'] === null ? null : String(row['started']),
      heartbeat: Number(row['heartbeat_ms']),
      leaseMs: Number(row['lease_ms']),
    };
  }
}

/** SQLite gives the files beside it the same rights. */
function makePrivate(file: string): void {
  refuseLinks(file);
  makeFolder(path.dirname(file));
  closeSync(openSync(file, 'a', 0o600));
}

interface LeaseRow {
  holder: string;
  pid: number;
  host: string;
  started: string | null;
  heartbeat: number;
  leaseMs: number;
}

function kindOf(kind: unknown): EntryDraft['kind'] {
  return kind === 'wish' || kind === 'transition' || kind === 'effect' ? kind : 'note';
}
