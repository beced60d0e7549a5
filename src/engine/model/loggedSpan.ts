import type { SpanRecord } from './span.ts';

/** A received span in the order of its arrival. */
export interface LoggedSpan {
  /** Grows with each span that arrives; never used twice. */
  seq: number;
  /** Milliseconds since the epoch. */
  arrivedMs: number;
  record: SpanRecord;
}

/** The received spans as a log, which every live feature reads behind a cursor of its own. */
export interface SpanLog {
  /**
   * The spans behind `seq` in the order of their arrival, without those that retention has removed: at most `limit`, fewer where
   * they are long, and none only where there are none.
   */
  after(seq: number, limit: number): LoggedSpan[];
  /** The latest that was ever given out; 0 where none was. */
  readonly lastSeq: number;
}
