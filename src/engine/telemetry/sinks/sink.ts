import type { EvaluationRecord } from '../../model/evaluationRecord.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';

/** Telemetry in the order in which it finished. */
export interface Finished {
  spans: readonly SpanRecord[];
  logs: readonly LogRecord[];
  /** Only what is durably stored. */
  evaluations: readonly EvaluationRecord[];
}

/** Whatever wants to hear of finished telemetry: the store, a stream, metrics, an exporter. */
export interface TelemetrySink {
  /** Shown where it fails. */
  readonly name: string;
  /**
   * Takes what has finished, and leaves it as it is: others are given the same objects. Returns at once, with a
   * promise where there is work left; what finishes meanwhile is given in one piece afterwards.
   */
  take(finished: Finished, signal: AbortSignal): void | Promise<void>;
  /** Passes on whatever it has kept back. */
  flush(signal: AbortSignal): void | Promise<void>;
}

export const noSink: TelemetrySink = { name: 'none', take: () => {}, flush: () => {} };

export const NOTHING: Finished = { spans: [], logs: [], evaluations: [] };
