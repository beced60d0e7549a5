/** What is kept of received traces. They count from the arrival of their latest record, whatever its own clock says. */
export interface Retention {
  /** Traces that arrived so many milliseconds ago are forgotten. */
  maxAgeMs: number;
  /** Those that arrived first are forgotten where the file holds more than so many bytes. */
  maxBytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const GIB = 1024 ** 3;

export const DEFAULT_RETENTION: Retention = { maxAgeMs: 14 * DAY_MS, maxBytes: GIB };
