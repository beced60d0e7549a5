import type {
  BudgetDecision,
  BudgetLedger,
  PoolAmount,
  PoolLimits,
  PoolUse,
  Reservation,
} from '../../resilience/budget/hourlyLedger.ts';
import {
  firstMinute,
  HOUR_MS,
  MINUTE_MS,
  type MinuteUse,
  minuteOf,
  refusalOf,
} from '../../resilience/budget/hourWindow.ts';
import { measured, reducedMinutes, reservable } from '../../resilience/budget/reservedCall.ts';
import { Connection } from '../file/connection.ts';
import type { Owner } from '../lease.ts';
import { RUN_STORE } from '../runStoreFormat.ts';

/**
 * What pools have used and reserved, over all processes of a workspace. A reservation whose process has died, or whose call must
 * have ended, counts as used. Throws StoreError.
 */
export class PoolLedger implements BudgetLedger {
  readonly #connection: Connection;
  readonly #owner: Owner;
  /** In which minute a pool was last rid of what is over. */
  readonly #swept = new Map<string, number>();

  constructor(connection: Connection, owner: Owner) {
    this.#connection = connection;
    this.#owner = owner;
  }

  /**
   * With a connection of its own, whose writes survive the end of any process but are not forced onto the disk one by one: two for
   * each call would cost more than the call's own results. A power cut may lose the last of them, up to the next results.
   */
  static open(file: string, owner: Owner): PoolLedger {
    const connection = new Connection(file, RUN_STORE);
    connection.run('PRAGMA synchronous = NORMAL');
    return new PoolLedger(connection, owner);
  }

  reserve(
    pool: string,
    amount: PoolAmount,
    limits: PoolLimits,
    now: number,
    expiresAt: number,
  ): BudgetDecision {
    return this.#connection.transaction(() => {
      const refuse = () =>
        refusalOf(amount, limits, this.#held(pool, now), () => this.#minutes(pool, now), now);
      let refusal = refuse();
      // Most calls fit: only for one that does not is it worth to see what is over.
      if (refusal) {
        this.#tidy(pool, now);
        refusal = refuse();
      }
      if (refusal) return { granted: false, refusal };

      const { pid, host, started } = this.#owner;
      const { tokens, costUsd } = reservable(amount);
      const [row] = this.#connection.all(
        `INSERT INTO pool_reservations (pool, tokens, usd, expires_at, pid, host, started)
         VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id`,
        ...[pool, tokens, costUsd, expiresAt, pid, host, started],
      );
      return { granted: true, reservation: { id: Number(row?.id), expiresAt } };
    });
  }

  settle(
    { id, expiresAt }: Reservation,
    actual: { tokens: number | null; costUsd: number | null },
    now: number,
  ): void {
    const { pid, host, started } = this.#owner;
    this.#connection.transaction(() => {
      const [row] = this.#connection.all(
        `DELETE FROM pool_reservations
         WHERE id = ? AND expires_at = ? AND pid = ? AND host = ? AND started IS ? RETURNING pool, tokens, usd`,
        ...[id, expiresAt, pid, host, started],
      );
      if (!row) return;

      const pool = String(row.pool);
      if (expiresAt <= now) this.#spend(pool, amountOf(row), expiresAt);
      else this.#spend(pool, measured(amountOf(row), actual), now);
      if (this.#swept.get(pool) !== minuteOf(now)) this.#sweep(pool, now);
    });
  }

  correct(pool: string, change: { tokens?: number; costUsd?: number }, now: number): void {
    this.#connection.transaction(() => {
      this.#tidy(pool, now);
      for (const { minute, tokens, costUsd } of reducedMinutes(this.#minutes(pool, now), change))
        this.#connection.run(
          'UPDATE pool_minutes SET tokens = ?, usd = ? WHERE pool = ? AND minute = ?',
          ...[tokens, costUsd, pool, minute],
        );
      this.#spend(
        pool,
        { tokens: Math.max(0, change.tokens ?? 0), costUsd: Math.max(0, change.costUsd ?? 0) },
        now,
      );
    });
  }

  /** Only reads. */
  used(pool: string, now: number): PoolUse {
    if (!this.#connection.hasTable('pool_minutes')) return noUse();
    const use = noUse();
    add(use, 'used', this.#usedBefore(pool, now));
    for (const row of this.#reservations(pool)) {
      if (!this.#isOver(row, now)) add(use, 'reserved', amountOf(row));
      else if (minuteOf(endOf(row, now)) >= firstMinute(now)) add(use, 'used', amountOf(row));
    }
    return use;
  }

  close(): void {
    this.#connection.close();
  }

  /** Everything that is not settled counts as reserved. */
  #held(pool: string, now: number): PoolUse {
    const use = noUse();
    add(use, 'used', this.#usedBefore(pool, now));
    const [reserved] = this.#connection.all(
      'SELECT total(tokens) AS tokens, total(usd) AS usd FROM pool_reservations WHERE pool = ?',
      pool,
    );
    add(use, 'reserved', amountOf(reserved ?? {}));
    return use;
  }

  /** What is settled, of the last hour. */
  #usedBefore(pool: string, now: number): PoolAmount {
    const [used] = this.#connection.all(
      'SELECT total(tokens) AS tokens, total(usd) AS usd FROM pool_minutes WHERE pool = ? AND minute >= ?',
      ...[pool, firstMinute(now)],
    );
    return amountOf(used ?? {});
  }

  #minutes(pool: string, now: number): MinuteUse[] {
    const rows = this.#connection.all(
      'SELECT minute, tokens, usd FROM pool_minutes WHERE pool = ? AND minute >= ?',
      ...[pool, firstMinute(now)],
    );
    return rows.map(({ minute, tokens, usd }) => ({
      minute: Number(minute),
      tokens: Number(tokens),
      costUsd: Number(usd),
    }));
  }

  /** What must have ended is used, what is over leaves, and nothing lies in the future, where a clock was set back. */
  #tidy(pool: string, now: number): void {
    for (const row of this.#reservations(pool)) {
      if (!this.#isOver(row, now)) continue;
      this.#connection.run('DELETE FROM pool_reservations WHERE id = ?', Number(row.id));
      this.#spend(pool, amountOf(row), endOf(row, now));
    }

    this.#sweep(pool, now);
    const future = this.#connection.all(
      'DELETE FROM pool_minutes WHERE pool = ? AND minute > ? RETURNING tokens, usd',
      ...[pool, minuteOf(now) + 1],
    );
    for (const row of future) this.#spend(pool, amountOf(row), now);
  }

  /** What is over leaves. */
  #sweep(pool: string, now: number): void {
    this.#swept.set(pool, minuteOf(now));
    this.#connection.run(
      'DELETE FROM pool_minutes WHERE pool = ? AND minute < ?',
      ...[pool, firstMinute(now)],
    );
  }

  #reservations(pool: string) {
    return this.#connection.all(
      'SELECT id, tokens, usd, expires_at, pid, host, started FROM pool_reservations WHERE pool = ?',
      pool,
    );
  }

  #isOver({ expires_at, pid, host, started }: Row, now: number): boolean {
    // No call lasts longer than an hour; where it seems to, a clock was set back.
    if (Number(expires_at) <= now || Number(expires_at) > now + HOUR_MS + MINUTE_MS) return true;
    const owner = this.#owner;
    if (host !== owner.host || (pid === owner.pid && started === owner.started)) return false;
    return owner.alive(Number(pid), started === null ? null : String(started)) === false;
  }

  #spend(pool: string, { tokens, costUsd }: PoolAmount, at: number): void {
    this.#connection.run(
      `INSERT INTO pool_minutes (pool, minute, tokens, usd) VALUES (?, ?, ?, ?)
       ON CONFLICT (pool, minute) DO UPDATE SET tokens = tokens + excluded.tokens, usd = usd + excluded.usd`,
      ...[pool, minuteOf(at), tokens, costUsd ?? 0],
    );
  }
}

function noUse(): PoolUse {
  return { tokens: { used: 0, reserved: 0 }, costUsd: { used: 0, reserved: 0 } };
}

type Row = { [column: string]: unknown };

function amountOf({ tokens, usd }: Row): PoolAmount {
  return { tokens: Number(tokens), costUsd: usd === null ? null : Number(usd) };
}

/** When a reservation that is over became used. */
function endOf({ expires_at }: Row, now: number): number {
  return Math.min(Number(expires_at), now);
}

function add(use: PoolUse, to: 'used' | 'reserved', { tokens, costUsd }: PoolAmount): void {
  use.tokens[to] += tokens;
  use.costUsd[to] += costUsd ?? 0;
}
