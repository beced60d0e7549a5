import type { Stage } from '../model/evaluation.ts';
import type { EvaluationDraft, EvaluationLabels, LiveEvaluation } from '../model/liveEvaluation.ts';
import type { Connection } from '../store/file/connection.ts';

/** Evaluations of live spans, in the file of received traces. Throws StoreError. */
export class EvaluationTable {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Within a transaction of the caller. Undefined where there is one of that span, monitor and evaluator already: it stays as it is;
   * and where the span was forgotten meanwhile.
   */
  add(evaluation: EvaluationDraft): LiveEvaluation | undefined {
    const { traceId, spanId, monitor, evaluator, type, stage, score, passed, reason } = evaluation;
    const { costUsd, latencyMs, atMs, spanEndMs, labels } = evaluation;
    const [row] = this.#connection.all(
      `INSERT INTO evaluations (trace_id, span_id, monitor, evaluator, type, stage, score, passed, reason, cost_usd,
         latency_ms, at_ms, span_end_ms, labels)
       SELECT ?1, ?2, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
       WHERE EXISTS (SELECT 1 FROM spans WHERE trace_id = ?1 AND span_id = ?2)
       ON CONFLICT (trace_id, span_id, monitor, evaluator) DO NOTHING RETURNING seq`,
      ...[traceId, spanId, monitor, evaluator, type, stage, score, passed === null ? null : Number(passed)],
      ...[reason, costUsd, latencyMs, atMs, spanEndMs, JSON.stringify(labels)],
    );
    if (!row) return undefined;

    // The list of traces shows the lowest score.
    this.#connection.run('INSERT OR IGNORE INTO stale (trace_id) VALUES (?)', traceId);
    return { ...evaluation, seq: Number(row['seq']) };
  }

  /** In the order in which they were made. */
  after(seq: number, limit: number): LiveEvaluation[] {
    if (!this.#isThere()) return [];
    return this.#connection
      .all('SELECT * FROM evaluations WHERE seq > ? ORDER BY seq LIMIT ?', seq, limit)
      .map(toEvaluation);
  }

  ofTrace(traceId: string): LiveEvaluation[] {
    if (!this.#isThere()) return [];
    return this.#connection
      .all('SELECT * FROM evaluations WHERE trace_id = ? ORDER BY seq', traceId)
      .map(toEvaluation);
  }

  /** The greatest that was ever given out; 0 where none was. */
  get lastSeq(): number {
    if (!this.#isThere()) return 0;
    const [row] = this.#connection.all(`SELECT seq AS last FROM sqlite_sequence WHERE name = 'evaluations'`);
    return Number(row?.['last'] ?? 0);
  }

  /** A store of an earlier version that is only read has none. */
  #isThere(): boolean {
    return this.#connection.hasTable('evaluations');
  }
}

function toEvaluation(row: Record<string, unknown>): LiveEvaluation {
  const { score, passed, cost_usd: costUsd } = row;
  return {
    seq: Number(row['seq']),
    traceId: String(row['trace_id']),
    spanId: String(row['span_id']),
    monitor: String(row['monitor']),
    evaluator: String(row['evaluator']),
    type: String(row['type']),
    stage: row['stage'] as Stage,
    score: typeof score === 'number' ? score : null,
    passed: passed === null ? null : passed === 1,
    reason: String(row['reason']),
    costUsd: typeof costUsd === 'number' ? costUsd : null,
    latencyMs: Number(row['latency_ms']),
    atMs: Number(row['at_ms']),
    spanEndMs: Number(row['span_end_ms']),
    labels: JSON.parse(String(row['labels'])) as EvaluationLabels,
  };
}
