import type { PendingOutput, TrialResult } from '../../model/result.ts';
import type { RunPlan } from '../../model/run.ts';
import type { Connection } from '../file/connection.ts';
import { LEASE_MS, type Lease } from '../lease.ts';

/** Which trial of a run a reservation is for; `target` counts as the plan lists them. */
export interface TrialKey {
  target: number;
  caseIndex: number;
  trial: number;
}

/** What a call may cost, in US dollars: at most, and what a failed one is taken to have cost. */
export interface ReservedAmount {
  mostUsd: number;
  likelyUsd: number;
}

/** US dollars within one limit. */
export interface Reckoning {
  /** Spent for certain, and what calls may have cost whose end is unknown because their process died. */
  spentUsd: number;
  /** What calls under way may cost. */
  reservedUsd: number;
  /** How many there are. */
  underWay: number;
}

/** All that a decision needs; of one moment, since it is read in the transaction that follows it. */
export interface Reckonings {
  run: Reckoning;
  day: Reckoning;
}

export const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * The money of all runs of a workspace, over all its processes. A call reserves what it may cost before it begins;
 * storing its result settles it in the same transaction (RunStore.append), so that nothing is lost or counted twice.
 * Throws StoreError.
 */
export class SpendingLedger {
  readonly #connection: Connection;
  /** Runs that this process reserves for. */
  readonly #reserving = new Set<number>();
  /** Whether anything was reserved for a run, by whomever: for most there is nothing to look for. */
  readonly #reserved = new Map<number, boolean>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Reserves for one trial where `decide` agrees to it, in one transaction. `paid`: the target's answer is stored
   * from an earlier attempt. A reservation that an earlier attempt left behind otherwise counts as spent.
   */
  reserve<T extends { granted: boolean }>(
    lease: Lease,
    key: TrialKey,
    { mostUsd, likelyUsd, paid }: ReservedAmount & { paid: boolean },
    now: number,
    decide: (reckonings: Reckonings) => T,
  ): T {
    const { number: run, attempt } = lease;
    this.#reserving.add(run);
    this.#reserved.set(run, true);

    return this.#connection.transaction(() => {
      const day = dayOf(now);
      this.#writeOff(run, key, paid);
      const decision = decide({
        run: this.#reckon('run = ?', run, now),
        day: this.#reckon('day = ?', day, now),
      });
      if (decision.granted) {
        this.#connection.run(
          `INSERT INTO reservations (run, target, case_index, trial, attempt, day, most_usd, likely_usd)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
          ...[run, key.target, key.caseIndex, key.trial, attempt, day, mostUsd, likelyUsd],
        );
      }

      return decision;
    });
  }

  /** A call was given up: it may have been billed, and counts with what is likely. One that was answered stays. */
  giveUp({ number: run }: Lease, key: TrialKey): void {
    this.#connection.transaction(() => {
      const [left] = this.#take(run, key, 'answered = 0');
      if (left) this.#spend(run, Number(left.day), Number(left.likely_usd));
    });
  }

  /** A call that was not sent after all costs nothing. */
  release({ number: run }: Lease, key: TrialKey): void {
    this.#connection.transaction(() => this.#take(run, key, 'answered = 0'));
  }

  /** What was spent on a day (UTC), calls of unknown end included; null in a store without a ledger. */
  spentOn(now: number): number | null {
    if (!this.#connection.hasTable('reservations')) return null;
    const { spentUsd } = this.#reckon('day = ?', dayOf(now), now);
    return spentUsd;
  }

  /** The limit that a person set for the run itself. */
  limitOf(runId: string): number | undefined {
    const [row] = this.#connection.all(
      'SELECT usd FROM run_limits JOIN runs ON runs.number = run_limits.run WHERE id = ?',
      runId,
    );
    return row === undefined ? undefined : Number(row.usd);
  }

  keepLimit(runId: string, usd: number): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO run_limits (run, usd) SELECT number, ? FROM runs WHERE id = ?',
      usd,
      runId,
    );
  }

  /** Within the transaction that stores the result. */
  settle(run: number, key: TrialKey, result: TrialResult, origin: RunPlan['origin']): void {
    const cost = costOf(result, origin);
    const [left] = this.#hasReservations(run) ? this.#take(run, key) : [];
    if (left && this.#reserving.has(run)) {
      this.#spend(run, Number(left.day), cost ?? Number(left.likely_usd));
      return;
    }
    // Of an attempt that had a limit, where this one has none.
    if (left && left.answered === 0) this.#spend(run, Number(left.day), Number(left.most_usd));
    this.#spend(run, dayOf(result.startedAt), cost ?? 0);
  }

  /** Within the transaction that holds the output: it is paid for, and no longer under way. */
  called(run: number, key: TrialKey, { output, judged = [] }: PendingOutput): void {
    if (!this.#reserving.has(run)) return;
    const costs = [output.costUsd, ...judged.map(({ costUsd }) => costUsd)];
    const paid = costs.reduce((sum, cost) => (sum === null || cost === null ? null : sum + cost), 0);
    this.#connection.run(
      `UPDATE reservations SET answered = 1, most_usd = coalesce(?, likely_usd)
       WHERE run = ? AND target = ? AND case_index = ? AND trial = ?`,
      ...[paid, run, key.target, key.caseIndex, key.trial],
    );
  }

  /** Within the transaction that deletes the run. */
  forgetRun(run: number): void {
    this.#connection.run(
      `INSERT INTO spending (run, day, usd) SELECT 0, day, usd FROM (
         SELECT day, total(usd) AS usd FROM (
           SELECT day, usd FROM spending WHERE run = ?
           UNION ALL SELECT day, most_usd FROM reservations WHERE run = ?)
         GROUP BY day) WHERE true
       ON CONFLICT (run, day) DO UPDATE SET usd = usd + excluded.usd`,
      run,
      run,
    );
    for (const table of ['spending', 'reservations', 'run_limits'])
      this.#connection.run(`DELETE FROM ${table} WHERE run = ?`, run);
  }

  /** What an earlier attempt reserved for the same trial. */
  #writeOff(run: number, key: TrialKey, paid: boolean): void {
    const [left] = this.#take(run, key);
    if (left && !paid) this.#spend(run, Number(left.day), Number(left.most_usd));
  }

  #hasReservations(run: number): boolean {
    const known = this.#reserved.get(run);
    if (known !== undefined) return known;
    const found = this.#connection.all('SELECT 1 FROM reservations WHERE run = ? LIMIT 1', run).length > 0;
    this.#reserved.set(run, found);
    return found;
  }

  #take(run: number, { target, caseIndex, trial }: TrialKey, only: 'answered = 0' | 'true' = 'true') {
    return this.#connection.all(
      `DELETE FROM reservations WHERE run = ? AND target = ? AND case_index = ? AND trial = ? AND ${only}
       RETURNING day, most_usd, likely_usd, answered`,
      ...[run, target, caseIndex, trial],
    );
  }

  #spend(run: number, day: number, usd: number): void {
    if (usd === 0) return;
    this.#connection.run(
      `INSERT INTO spending (run, day, usd) VALUES (?, ?, ?)
       ON CONFLICT (run, day) DO UPDATE SET usd = usd + excluded.usd`,
      ...[run, day, usd],
    );
  }

  #reckon(where: 'run = ?' | 'day = ?', value: number, now: number): Reckoning {
    const [spent] = this.#connection.all(`SELECT total(usd) AS usd FROM spending WHERE ${where}`, value);
    const [reserved] = this.#connection.all(
      `WITH open AS (
         SELECT most_usd, answered = 0 AND runs.state = 'running' AND runs.attempts = attempt + 1
           AND runs.heartbeat > ? AS under_way
         FROM reservations LEFT JOIN runs ON runs.number = reservations.run WHERE ${where})
       SELECT total(iif(under_way, most_usd, 0)) AS under_way, total(iif(under_way, 0, most_usd)) AS left_over,
         count(*) FILTER (WHERE under_way) AS calls FROM open`,
      ...[now - LEASE_MS, value],
    );
    return {
      spentUsd: Number(spent?.usd ?? 0) + Number(reserved?.left_over ?? 0),
      reservedUsd: Number(reserved?.under_way ?? 0),
      underWay: Number(reserved?.calls ?? 0),
    };
  }
}

/**
 * US dollars that a trial cost its run: nothing for a replay, the judges alone where outputs were paid for before, or by
 * others. Null for a call that failed and may have been billed.
 */
function costOf({ target, output, evaluations }: TrialResult, origin: RunPlan['origin']): number | null {
  if (origin?.replay) return 0;
  const isPaidFor = origin?.rejudge !== undefined || origin?.live?.baseline === target;
  const own = isPaidFor ? 0 : output.costUsd;
  let judges = 0;
  for (const evaluation of evaluations)
    if (evaluation.status !== 'skipped') judges += evaluation.costUsd ?? 0;
  if (own !== null) return own + judges;
  return output.status === 'complete' ? judges : null;
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}
