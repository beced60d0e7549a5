import type { IncomingHttpHeaders } from 'node:http';
import { parseHttpDate } from './httpDate.ts';

/** A year in milliseconds: nobody waits longer, and dates stay within what can be written. */
export const LONGEST_WAIT_MS = 365 * 24 * 3600 * 1000;

/** Nobody means thirty years: from here on, a number is a time since the epoch in seconds, and from there on in milliseconds. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MILLISECONDS = 1e11;

/**
 * How long a server asks us to wait, in milliseconds, from `retry-after-ms` (OpenAI's own) or `Retry-After` (RFC 9110,
 * section 10.2.3: seconds or an HTTP date; a fraction of a second is read, and so is a time since the epoch). 0 and a date that has passed mean now. A
 * value in no such form is no request at all, and undefined. A value beyond LONGEST_WAIT_MS is cut to it.
 */
export function parseRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const milliseconds = decimal(single(headers['retry-after-ms']));
  if (milliseconds !== undefined) return bounded(milliseconds);

  const value = headers['retry-after']?.trim();
  const seconds = decimal(value);
  if (seconds !== undefined) return bounded(waitOf(seconds, nowMs));

  const date = value === undefined ? undefined : parseHttpDate(value, nowMs);
  return date === undefined ? undefined : bounded(date - nowMs);
}

function waitOf(seconds: number, nowMs: number): number {
  if (seconds >= EPOCH_MILLISECONDS) return seconds - nowMs;
  return seconds >= EPOCH_SECONDS ? seconds * 1000 - nowMs : seconds * 1000;
}

/** A header that is sent several times says nothing that can be followed. */
function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function decimal(value: string | undefined): number | undefined {
  return value !== undefined && /^\d+(\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;
}

function bounded(waitMs: number): number {
  return Math.min(Math.max(0, waitMs), LONGEST_WAIT_MS);
}
