import type { IncomingHttpHeaders } from 'node:http';

/** A year in milliseconds: nobody waits longer, and dates stay within what can be written. */
export const LONGEST_WAIT_MS = 365 * 24 * 3600 * 1000;

/**
 * How long a provider asks us to wait, in milliseconds, from `retry-after-ms` (OpenAI's own) or `Retry-After`
 * (RFC 9110, section 10.2.3: seconds or an HTTP date). A date that has passed means now. A negative or
 * unreadable value is no request at all, and undefined. A value beyond LONGEST_WAIT_MS is cut to it.
 */
export function readRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const milliseconds = nonNegative(single(headers['retry-after-ms']));
  if (milliseconds !== undefined) return bounded(milliseconds);
  const value = headers['retry-after']?.trim();
  if (!value) return undefined;
  const seconds = nonNegative(value);
  if (seconds !== undefined) return bounded(seconds * 1000);
  if (!/[A-Za-z]/.test(value)) return undefined;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : bounded(Math.max(0, date - nowMs));
}

/** A header that is sent several times says nothing that can be followed. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function nonNegative(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function bounded(waitMs: number): number {
  return Math.min(waitMs, LONGEST_WAIT_MS);
}
