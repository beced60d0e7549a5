import type { LiveEvaluation } from '../../model/liveEvaluation.ts';
import { monitorFigures } from '../../monitors/monitorFigures.ts';
import { Connection } from '../../store/file/connection.ts';
import { EvaluationTable } from '../../traces/evaluationTable.ts';
import { TRACE_STORE } from '../../traces/traceStoreFormat.ts';
import type { Sample } from './sample.ts';

const READ_AT_ONCE = 1_000;
/** An evaluation that is not there so long after the answer could not be made, in milliseconds. */
const PENDING_MS = 120_000;

/** What the monitor of a deployment has said of answers. Only reads. Throws StoreError. */
export class StepQuality {
  readonly #connection: Connection;
  readonly #table: EvaluationTable;
  readonly #monitor: string;
  readonly #said = new Map<string, LiveEvaluation[]>();
  readonly #evaluators = new Set<string>();
  readonly #costs: { atMs: number; usd: number }[] = [];
  #cursor = 0;

  constructor(file: string, monitor: string) {
    this.#connection = new Connection(file, TRACE_STORE, 'read');
    this.#table = new EvaluationTable(this.#connection);
    this.#monitor = monitor;
  }

  /** Evaluations that were left out, by reason, over all processes. */
  get dropped(): { readonly [reason: string]: number } {
    return monitorFigures(this.#connection).find(({ monitor }) => monitor === this.#monitor)?.dropped ?? {};
  }

  /** US dollars that its judges are known to have taken since a moment. */
  spentSince(sinceMs: number): number {
    return this.#costs.filter(({ atMs }) => atMs >= sinceMs).reduce((sum, { usd }) => sum + usd, 0);
  }

  /** Of those behind the last that were read. */
  readOn(): void {
    for (;;) {
      const came = this.#table.after(this.#cursor, READ_AT_ONCE);
      for (const evaluation of came) {
        this.#cursor = evaluation.seq;
        if (evaluation.monitor !== this.#monitor) continue;
        const key = `${evaluation.traceId}:${evaluation.spanId}`;
        this.#said.set(key, [...(this.#said.get(key) ?? []), evaluation]);
        this.#evaluators.add(evaluation.evaluator);
        const { atMs, costUsd } = evaluation;
        if (costUsd !== null && costUsd > 0) this.#costs.push({ atMs, usd: costUsd });
      }
      if (came.length === 0) return;
    }
  }

  /** Undefined while it may still be made. An answer passes where all evaluators say so, and is not measured where one could not say. */
  of(traceId: string, spanId: string, ageMs: number): Sample['quality'] {
    const said = this.#said.get(`${traceId}:${spanId}`) ?? [];
    if (said.some(({ score, passed }) => score === null || passed === null)) return null;
    if (said.length < this.#evaluators.size && this.#isPending(traceId, spanId))
      return ageMs < PENDING_MS ? undefined : null;
    // Nothing was said at all: it was left out, or its time has not come.
    if (said.length === 0) return ageMs < PENDING_MS ? undefined : null;

    const scores = said.map(({ score }) => score ?? 0);
    return {
      passed: said.every(({ passed }) => passed === true),
      score: scores.reduce((sum, score) => sum + score, 0) / scores.length,
    };
  }

  close(): void {
    this.#connection.close();
  }

  #isPending(traceId: string, spanId: string): boolean {
    return (
      this.#connection.hasTable('pending_evaluations') &&
      this.#connection.all(
        'SELECT 1 FROM pending_evaluations WHERE trace_id = ? AND span_id = ? AND monitor = ? LIMIT 1',
        ...[traceId, spanId, this.#monitor],
      ).length > 0
    );
  }
}
