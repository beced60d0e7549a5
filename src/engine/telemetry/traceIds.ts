import { hash } from 'node:crypto';

/**
 * Trace ids that follow from what they name: the same run, target and case give the same id, so that a
 * resumed run continues its traces and a repeated one gives the same bytes. 32 hexadecimal digits.
 */
export function traceIdFor(...names: string[]): string {
  return hash('sha256', names.join('\0'), 'hex').slice(0, 32);
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
