import { hash } from 'node:crypto';

/**
 * Trace ids follow from what they name: the same run, target and case give the same id, so that a resumed run
 * continues its traces and a repeated one gives the same bytes. 32 hexadecimal digits.
 */
export function runTraceId(runId: string): string {
  return digest(runId).slice(0, 32);
}

/**
 * As `runTraceId`, for one case at one target; `run` is the run's trace id, `caseIndex` the case's position in its
 * dataset. Ids of a run stand in the order of its cases, so that an index over them grows at its end. The last 7
 * bytes are those of a hash, as https://www.w3.org/TR/trace-context-2/#randomness-of-trace-id asks.
 */
export function caseTraceId(run: string, target: string, caseId: string, caseIndex: number): string {
  const place = caseIndex.toString(16).padStart(8, '0');
  return `${run.slice(0, 10)}${place}${digest(run, target, caseId).slice(0, 14)}`;
}

function digest(...names: string[]): string {
  return hash('sha256', names.join('\0'), 'hex');
}

/** Whether a span may be one of ours: their ids count from 1, see SpanIds. */
export function mayBeOwnSpan(spanId: string): boolean {
  return spanId.startsWith('0000');
}

/**
 * Hands out span ids within traces: a prefix of the trace's id turned round, then a counter from `attempt`.
 * Two attempts at the same run (before and after a resume) never share a span id.
 */
export class SpanIds {
  #next: number;

  constructor(attempt: number) {
    this.#next = attempt * 0x1_0000_0000;
  }

  /** 16 hexadecimal digits, unique within this process and attempt; never all zero. */
  next(): string {
    this.#next += 1;
    return this.#next.toString(16).padStart(16, '0');
  }
}
