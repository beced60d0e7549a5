import type { EvaluationDraft, LiveEvaluation } from '../model/liveEvaluation.ts';
import { Connection } from '../store/file/connection.ts';
import { EvaluationTable } from '../traces/evaluationTable.ts';
import { TRACE_STORE } from '../traces/traceStoreFormat.ts';
import { type MonitorFigures, monitorFigures } from './monitorFigures.ts';

/** An evaluation that is still to be made. */
export interface Job {
  traceId: string;
  spanId: string;
  monitor: string;
  evaluator: string;
}

export type StoredJob = Job & { id: number };

/** Why an evaluation was not made. */
export type DropReason =
  /** Spans came faster than they could be read. */
  | 'backlog'
  /** The span had ended long before it came. */
  | 'late'
  /** Too many evaluations of that evaluator wait. */
  | 'queue'
  /** The budget of the monitor is spent. */
  | 'budget'
  /** The judge's provider is not asked now: its breaker is open, or a limit of calls is reached. */
  | 'refused'
  /** The trace was forgotten before. */
  | 'forgotten'
  /** The monitor or the evaluator is no longer there. */
  | 'removed';

export type Count = 'matched' | 'unsampled' | 'skipped' | `dropped ${DropReason}`;

export function dropped(reason: DropReason): `dropped ${DropReason}` {
  return `dropped ${reason}`;
}

/** What one step of the stream leaves behind: all of it or nothing. */
export interface Step {
  /** The last span that was read. */
  cursor?: number;
  evaluations?: readonly EvaluationDraft[];
  /** To be made later. */
  jobs?: readonly Job[];
  /** Jobs that are over. */
  done?: readonly number[];
  counts?: readonly { monitor: string; name: Count; by: number }[];
}

const READER = 'monitors';

/**
 * What monitors write, beside the traces themselves: evaluations, those still to be made, counts, and how far they have read. With
 * a connection of its own, whose writes survive the end of the process and are not forced onto the disk one by one. Throws StoreError.
 */
export class MonitorStore {
  readonly #connection: Connection;
  readonly #evaluations: EvaluationTable;

  constructor(file: string) {
    this.#connection = new Connection(file, TRACE_STORE);
    this.#connection.run('PRAGMA synchronous = NORMAL');
    this.#evaluations = new EvaluationTable(this.#connection);
  }

  /** Null where nothing was read yet. */
  get cursor(): number | null {
    const [row] = this.#connection.all('SELECT seq FROM span_cursors WHERE reader = ?', READER);
    return row === undefined ? null : Number(row['seq']);
  }

  set cursor(seq: number | null) {
    if (seq === null) this.#connection.run('DELETE FROM span_cursors WHERE reader = ?', READER);
    else this.#connection.run('INSERT OR REPLACE INTO span_cursors VALUES (?, ?)', READER, seq);
  }

  /** Returns the evaluations that are new, and the jobs. */
  commit({ cursor, evaluations = [], jobs = [], done = [], counts = [] }: Step): {
    evaluations: LiveEvaluation[];
    jobs: StoredJob[];
  } {
    return this.#connection.transaction(() => {
      if (cursor !== undefined) this.cursor = cursor;
      const added = evaluations.flatMap((evaluation) => this.#evaluations.add(evaluation) ?? []);
      this.#countAll(added);
      const stored = jobs.flatMap((job) => this.#addJob(job) ?? []);
      for (const id of done) this.#connection.run('DELETE FROM pending_evaluations WHERE id = ?', id);
      for (const { monitor, name, by } of counts) this.#count(monitor, name, by);
      return { evaluations: added, jobs: stored };
    });
  }

  /** A judge is about to be asked: should this process be killed, it is not asked, and paid, again. */
  asked(id: number, atMs: number): void {
    this.#connection.run('UPDATE pending_evaluations SET asked_ms = ? WHERE id = ?', atMs, id);
  }

  /** Jobs that were not begun, in their order; and those that were, when the process ended. */
  jobs(): { pending: StoredJob[]; interrupted: StoredJob[] } {
    const rows = this.#connection.all('SELECT * FROM pending_evaluations ORDER BY id');
    const [interrupted, pending] = [true, false].map((asked) =>
      rows.filter((row) => (row['asked_ms'] !== null) === asked).map(toJob),
    );
    return { pending: pending ?? [], interrupted: interrupted ?? [] };
  }

  get figures(): MonitorFigures[] {
    return monitorFigures(this.#connection);
  }

  close(): void {
    this.#connection.close();
  }

  #countAll(added: readonly LiveEvaluation[]): void {
    for (const [monitor, own] of Map.groupBy(added, (evaluation) => evaluation.monitor)) {
      const of = (wanted: boolean | null): number => own.filter(({ passed }) => passed === wanted).length;
      this.#count(monitor, 'passed', of(true));
      this.#count(monitor, 'failed', of(false));
      this.#count(monitor, 'errors', of(null));
      this.#count(monitor, 'unpriced', own.filter(({ costUsd }) => costUsd === null).length);
      const nanoUsd = own.reduce((sum, { costUsd }) => sum + Math.round((costUsd ?? 0) * 1e9), 0);
      this.#count(monitor, 'nano_usd', nanoUsd);
      const last = own.reduce((latest, { atMs }) => Math.max(latest, Math.round(atMs)), 0);
      this.#connection.run(
        `INSERT INTO monitor_counts VALUES (?, 'last_ms', ?)
         ON CONFLICT (monitor, name) DO UPDATE SET value = max(value, excluded.value)`,
        ...[monitor, last],
      );
    }
  }

  #addJob({ traceId, spanId, monitor, evaluator }: Job): StoredJob | undefined {
    const [row] = this.#connection.all(
      `INSERT INTO pending_evaluations (trace_id, span_id, monitor, evaluator)
       SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS
         (SELECT 1 FROM evaluations WHERE trace_id = ?1 AND span_id = ?2 AND monitor = ?3 AND evaluator = ?4)
       ON CONFLICT DO NOTHING RETURNING id`,
      ...[traceId, spanId, monitor, evaluator],
    );
    return row && { id: Number(row['id']), traceId, spanId, monitor, evaluator };
  }

  #count(monitor: string, name: string, by: number): void {
    if (by === 0) return;
    this.#connection.run(
      `INSERT INTO monitor_counts VALUES (?, ?, ?)
       ON CONFLICT (monitor, name) DO UPDATE SET value = value + excluded.value`,
      ...[monitor, name, by],
    );
  }
}

function toJob(row: Record<string, unknown>): StoredJob {
  return {
    id: Number(row['id']),
    traceId: String(row['trace_id']),
    spanId: String(row['span_id']),
    monitor: String(row['monitor']),
    evaluator: String(row['evaluator']),
  };
}
