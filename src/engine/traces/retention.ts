/** What is kept of received traces. */
export interface Retention {
  /** Traces that began before so many milliseconds are forgotten. */
  maxAgeMs: number;
  /** The oldest are forgotten where the file holds more than so many bytes. */
  maxBytes: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const GIB = 1024 ** 3;

export const DEFAULT_RETENTION: Retention = { maxAgeMs: 14 * DAY_MS, maxBytes: GIB };
