import type { LevelRetention } from '../../model/levelRetention.ts';
import type { LiveEvaluation } from '../../model/liveEvaluation.ts';
import type { Clock } from '../../ports.ts';
import { labelText } from './measuredSpan.ts';
import { finestLevel, wrongTime } from './measuredTime.ts';
import { MetricBatch } from './metricBatch.ts';
import { CURSORS, CursorMoved, type MetricCursor, type MetricStore } from './metricStore.ts';

/** Evaluations of live spans, in the order in which they were made. */
export interface EvaluationLog {
  after(seq: number, limit: number): LiveEvaluation[];
}

export interface LiveQualityOptions {
  log: EvaluationLog;
  store: MetricStore;
  clock: Clock;
  /** Hears of what was measured once it is stored. */
  onMeasured?(evaluations: readonly LiveEvaluation[]): void;
}

const NAME = CURSORS.evaluations;
const MOST = 500;

/** Measures the scores of live spans, each once, at the time of its span. */
export class LiveQuality {
  readonly #options: LiveQualityOptions;

  constructor(options: LiveQualityOptions) {
    this.#options = options;
  }

  /** Measures the next evaluations; false where there are none. Throws StoreError. */
  next(): boolean {
    const { log, store, clock, onMeasured } = this.#options;
    const from = store.cursor(NAME);
    const evaluations = log.after(from.seq, MOST);
    const last = evaluations.at(-1);
    if (!last) return false;

    const batch = new MetricBatch();
    const { retention } = store;
    for (const evaluation of evaluations) this.#measure(evaluation, batch, retention);
    try {
      store.commit(batch, { name: NAME, from, to: cursorOf(last) }, clock.now());
    } catch (error) {
      if (!(error instanceof CursorMoved)) throw error;
      return true;
    }
    onMeasured?.(evaluations);
    return true;
  }

  /** A missing measurement is none: it is neither a score of 0 nor a good one. */
  #measure(
    { score, evaluator, labels, spanEndMs, atMs }: LiveEvaluation,
    batch: MetricBatch,
    retention: LevelRetention,
  ): void {
    if (score === null) return;
    const refused = wrongTime(spanEndMs, atMs);
    if (refused !== null) {
      batch.refuse(refused);
      return;
    }

    batch.add({
      labels: {
        service: labelText(labels.service),
        model: labelText(labels.model),
        release: labelText(labels.release),
        evaluator: labelText(evaluator),
      },
      timeMs: spanEndMs,
      finest: finestLevel(atMs - spanEndMs, retention),
      values: { score },
    });
  }
}

function cursorOf({ seq, traceId, spanId, monitor, evaluator }: LiveEvaluation): MetricCursor {
  return { seq, mark: `${traceId} ${spanId} ${monitor} ${evaluator}` };
}
