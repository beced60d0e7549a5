import type { Connection } from '../../store/file/connection.ts';

/** What is muted: an alert, or one group of it. */
export interface MuteScope {
  rule: string;
  /** Null: the whole alert. A label of null is the group without a value. */
  group: { label: string | null } | null;
}

export interface Mute extends MuteScope {
  untilMs: number;
  reason: string;
  atMs: number;
}

/** Who is told nothing for a while, in the file of alerts. Throws StoreError. */
export class AlertMutes {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  add({ rule, group, untilMs, reason, atMs }: Mute): void {
    if (group === null)
      this.#connection.run(
        'INSERT OR REPLACE INTO mutes (rule, until_ms, reason, at_ms) VALUES (?, ?, ?, ?)',
        ...[rule, untilMs, reason, atMs],
      );
    else
      this.#connection.run(
        'INSERT OR REPLACE INTO group_mutes (rule, label, until_ms, reason, at_ms) VALUES (?, ?, ?, ?, ?)',
        ...[rule, JSON.stringify(group.label), untilMs, reason, atMs],
      );
  }

  /** With the whole alert each of its groups. Whether anything of it was muted. */
  remove({ rule, group }: MuteScope): boolean {
    if (group !== null)
      return (
        this.#connection.run(
          'DELETE FROM group_mutes WHERE rule = ? AND label = ?',
          ...[rule, JSON.stringify(group.label)],
        ) > 0
      );
    return this.#connection.transaction(() => {
      const whole = this.#connection.run('DELETE FROM mutes WHERE rule = ?', rule);
      return whole + this.#connection.run('DELETE FROM group_mutes WHERE rule = ?', rule) > 0;
    });
  }

  /** Those that hold at a moment; whole alerts first. */
  at(nowMs: number): Mute[] {
    const whole = this.#connection.all('SELECT * FROM mutes WHERE until_ms > ? ORDER BY rule', nowMs);
    // A file of an earlier version that is only read has none.
    const groups = this.#connection.hasTable('group_mutes')
      ? this.#connection.all('SELECT * FROM group_mutes WHERE until_ms > ? ORDER BY rule, label', nowMs)
      : [];
    return [...whole, ...groups].map(toMute);
  }
}

/** The one that keeps a group from being told; of several the one that lasts longest. */
export function muteOf(
  mutes: readonly Mute[],
  { rule, label }: { rule: string; label: string | null },
): Mute | undefined {
  const own = mutes.filter(
    (mute) => mute.rule === rule && (mute.group === null || mute.group.label === label),
  );
  return own.sort((a, b) => b.untilMs - a.untilMs)[0];
}

function toMute(row: Record<string, unknown>): Mute {
  return {
    rule: String(row['rule']),
    group: row['label'] === undefined ? null : { label: JSON.parse(String(row['label'])) as string | null },
    untilMs: Number(row['until_ms']),
    reason: String(row['reason']),
    atMs: Number(row['at_ms']),
  };
}
