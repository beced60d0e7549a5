import type { NamedValue } from './logFields.ts';

const NAMES = ['time', 'timestamp', 'ts', 't', 'datetime', 'date', 'asctime', 'created', 'timeunixnano'];

/** When a line was written, in milliseconds since the epoch; null where it does not say. */
export function timeIn(values: readonly NamedValue[]): number | null {
  for (const name of NAMES) {
    const time = timeOf(values.find((one) => one.name === name)?.value);
    if (time !== null) return time;
  }
  return null;
}

function timeOf(value: unknown): number | null {
  if (typeof value === 'number') return fromNumber(value);
  if (typeof value !== 'string') return null;

  const text = value.trim();
  if (/^\d{9,20}(?:\.\d+)?$/.test(text)) return fromNumber(Number(text));
  // Python writes `2026-11-30 11:34:52,123`. Without a zone it is this machine’s time, as loggers mean it.
  const parts = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?$/.exec(
    text,
  );
  if (!parts) return null;
  const [, day, time, fraction = '0', zone = ''] = parts;
  const ms = Date.parse(
    `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${zone.replace(/^(...)(\d\d)$/, '$1:$2')}`,
  );
  return Number.isNaN(ms) ? null : ms;
}

/** Seconds, milliseconds, microseconds or nanoseconds, of which only one is in the years from 1973 to 5138. */
function fromNumber(value: number): number | null {
  for (const perMs of [0.001, 1, 1e3, 1e6]) {
    const ms = value / perMs;
    if (ms >= 1e11 && ms < 1e14) return Math.round(ms * 1000) / 1000;
  }
  return null;
}
