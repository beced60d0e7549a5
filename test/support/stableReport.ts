/** What differs between two equal runs: identity, times, and what follows from them. */
const VOLATILE = new Set([
  'id',
  'created_at',
  'started_at',
  'elapsed_ms',
  'latency_ms',
  'saved_ms',
  'trace_id',
]);

/** A JSON report without identity and times, as text that can be compared. */
export function stableReport(text: string): string {
  return JSON.stringify(
    JSON.parse(text, (key, value) => (VOLATILE.has(key) ? undefined : value)),
    null,
    1,
  );
}
