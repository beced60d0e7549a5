import { Connection, type StoreAccess } from '../../store/file/connection.ts';
import type { AlertGroup, Announced } from './alertGroup.ts';
import { AlertMutes } from './alertMutes.ts';
import type { AlertNotice } from './alertNotice.ts';
import { ALERT_STORE } from './alertStoreFormat.ts';

/** Notices that wait for one channel; more push out the oldest. */
const MOST_WAITING = 1_000;
/** Transitions that are kept for editors. */
const MOST_TRANSITIONS = 1_000;

export interface StoredGroup {
  group: AlertGroup;
  /** Of what its rule is about. */
  digest: string;
}

/** What one look at the alerts changed: all of it is stored, or nothing. */
export interface AlertChanges {
  nowMs: number;
  groups: readonly StoredGroup[];
  /** No longer looked at. */
  removed: readonly { rule: string; label: string | null }[];
  announcements: readonly Announced[];
  /** How far single scores were read; null: none were. */
  evaluations: number | null;
}

export interface ChannelState {
  name: string;
  problem: string | null;
  atMs: number;
  sent: number;
  dropped: number;
  waiting: number;
}

export interface WaitingNotice {
  id: number;
  notice: AlertNotice;
}

export interface Transition {
  id: number;
  atMs: number;
  editor: boolean;
  notice: AlertNotice;
}

/** The alerts of a workspace, in a file of their own: states, mutes, and an outbox for each channel. Throws StoreError. */
export class AlertStore {
  readonly mutes: AlertMutes;
  readonly #connection: Connection;

  constructor(file: string, { access = 'write' }: { access?: StoreAccess } = {}) {
    this.#connection = new Connection(file, ALERT_STORE, access);
    this.mutes = new AlertMutes(this.#connection);
  }

  /** Durable when this returns. */
  commit({ nowMs, groups, removed, announcements, evaluations }: AlertChanges): void {
    this.#connection.transaction(() => {
      for (const { rule, label } of removed)
        this.#connection.run('DELETE FROM alerts WHERE rule = ? AND label = ?', rule, JSON.stringify(label));
      for (const { group, digest } of groups)
        this.#connection.run(
          'INSERT OR REPLACE INTO alerts (rule, label, digest, body) VALUES (?, ?, ?, ?)',
          ...[group.rule, JSON.stringify(group.label), digest, JSON.stringify(group)],
        );
      for (const announcement of announcements) this.#announce(announcement, nowMs);
      if (evaluations !== null) this.#place('evaluations', evaluations);
      this.#place('looked', nowMs);
    });
  }

  groups(): StoredGroup[] {
    return this.#connection
      .all('SELECT digest, body FROM alerts ORDER BY rule, label')
      .map(({ digest, body }) => ({
        digest: String(digest),
        group: JSON.parse(String(body)) as AlertGroup,
      }));
  }

  /** How far single scores were read; null where none were so far. */
  get evaluations(): number | null {
    return this.#position('evaluations');
  }

  /** When alerts were looked at last, in milliseconds since the epoch; null where they never were. */
  get lookedMs(): number | null {
    return this.#position('looked');
  }

  /** Shown by editors, and sent to nobody else. */
  tellEditors(notice: AlertNotice, nowMs: number): void {
    this.#connection.transaction(() => this.#announce({ notice, channels: [], editor: true }, nowMs));
  }

  transitionsAfter(id: number, limit: number): Transition[] {
    return this.#connection
      .all('SELECT * FROM transitions WHERE id > ? ORDER BY id LIMIT ?', id, limit)
      .map((row) => ({
        id: Number(row['id']),
        atMs: Number(row['at_ms']),
        editor: row['editor'] === 1,
        notice: toNotice(row),
      }));
  }

  /** 0 where there is none. */
  get lastTransition(): number {
    return Number(this.#connection.all('SELECT max(id) AS last FROM transitions')[0]?.['last'] ?? 0);
  }

  /** The oldest first. */
  waiting(channel: string, limit: number): WaitingNotice[] {
    return this.#connection
      .all('SELECT id, notice FROM outbox WHERE channel = ? ORDER BY id LIMIT ?', channel, limit)
      .map((row) => ({ id: Number(row['id']), notice: toNotice(row) }));
  }

  /** Names of channels for which something waits. */
  get waitingChannels(): string[] {
    return this.#connection
      .all('SELECT DISTINCT channel FROM outbox ORDER BY channel')
      .map(({ channel }) => String(channel));
  }

  /** It waits no longer: it was sent, or given up. */
  settle(
    channel: string,
    id: number,
    outcome: { sent: boolean; problem: string | null },
    nowMs: number,
  ): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM outbox WHERE id = ?', id);
      this.#count(channel, { ...outcome, dropped: outcome.sent ? 0 : 1 }, nowMs);
    });
  }

  /** What keeps a channel from being told; null: nothing does any more. */
  setProblem(channel: string, problem: string | null, nowMs: number): void {
    this.#count(channel, { sent: false, dropped: 0, problem }, nowMs);
  }

  channels(): ChannelState[] {
    return this.#connection
      .all(
        `SELECT name, problem, at_ms, sent, dropped,
           (SELECT count(*) FROM outbox WHERE channel = name) AS waiting FROM channels ORDER BY name`,
      )
      .map((row) => ({
        name: String(row['name']),
        problem: row['problem'] === null ? null : String(row['problem']),
        atMs: Number(row['at_ms']),
        sent: Number(row['sent']),
        dropped: Number(row['dropped']),
        waiting: Number(row['waiting']),
      }));
  }

  /** Differs from before where another connection has written since. */
  get version(): number {
    return Number(this.#connection.all('PRAGMA data_version')[0]?.['data_version'] ?? 0);
  }

  close(): void {
    this.#connection.close();
  }

  #announce({ notice, channels, editor }: Announced, nowMs: number): void {
    const body = JSON.stringify(notice);
    this.#connection.run(
      'INSERT INTO transitions (at_ms, editor, notice) VALUES (?, ?, ?)',
      ...[nowMs, Number(editor), body],
    );
    this.#connection.run(
      'DELETE FROM transitions WHERE id <= (SELECT max(id) FROM transitions) - ?',
      MOST_TRANSITIONS,
    );
    for (const channel of channels) this.#queue(channel, body, nowMs);
  }

  #queue(channel: string, body: string, nowMs: number): void {
    this.#connection.run('INSERT INTO outbox (channel, notice) VALUES (?, ?)', channel, body);
    const dropped = this.#connection.run(
      `DELETE FROM outbox WHERE channel = ?1 AND id NOT IN
         (SELECT id FROM outbox WHERE channel = ?1 ORDER BY id DESC LIMIT ?2)`,
      ...[channel, MOST_WAITING],
    );
    if (dropped === 0) return;
    const problem = this.channels().find(({ name }) => name === channel)?.problem ?? 'too many notices wait';
    this.#count(channel, { sent: false, dropped, problem }, nowMs);
  }

  #count(
    channel: string,
    { sent, dropped, problem }: { sent: boolean; dropped: number; problem: string | null },
    nowMs: number,
  ): void {
    this.#connection.run(
      `INSERT INTO channels (name, problem, at_ms, sent, dropped) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (name) DO UPDATE SET problem = ?2, at_ms = ?3, sent = sent + ?4, dropped = dropped + ?5`,
      ...[channel, problem, nowMs, Number(sent), dropped],
    );
  }

  #place(name: string, value: number): void {
    this.#connection.run('INSERT OR REPLACE INTO positions (name, value) VALUES (?, ?)', name, value);
  }

  #position(name: string): number | null {
    const [row] = this.#connection.all('SELECT value FROM positions WHERE name = ?', name);
    return row ? Number(row['value']) : null;
  }
}

function toNotice(row: Record<string, unknown>): AlertNotice {
  return JSON.parse(String(row['notice'])) as AlertNotice;
}
