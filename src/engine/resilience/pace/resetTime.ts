/** A year in milliseconds: what is further ahead is cut to it. */
const LONGEST_MS = 365 * 24 * 3600 * 1000;

/** From here on, a number is a time since the epoch in seconds (2001), and from there on in milliseconds (1973). */
const EPOCH_SECONDS = 1e9;
const EPOCH_MILLISECONDS = 1e11;

const UNITS: { [unit: string]: number } = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
  us: 1e-3,
  µs: 1e-3,
  ns: 1e-6,
};
const PART = '(\\d+(?:\\.\\d+)?)(d|h|ms|m|us|µs|ns|s)';
const DURATION = new RegExp(`^(?:${PART})+$`);

/** RFC 3339, section 5.6. */
const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:)(\d\d)(\.\d+)?(?:[Zz]|(?<sign>[+-])(?<hours>\d\d):(?<minutes>\d\d))$/;

/**
 * Milliseconds until a limit resets, as servers write it: a duration as OpenAI's "6m0s", "7.66s" and "76ms"; plain seconds; seconds
 * or milliseconds since the epoch; an RFC 3339 timestamp. 0 where that has passed, and undefined where it is none of these.
 */
export function parseReset(value: string, wallNow: number): number | undefined {
  const waitMs = plainNumber(value, wallNow) ?? duration(value) ?? timestamp(value, wallNow);
  return waitMs === undefined ? undefined : Math.min(LONGEST_MS, Math.max(0, waitMs));
}

function plainNumber(value: string, wallNow: number): number | undefined {
  if (!/^\d+(\.\d+)?$/.test(value)) return undefined;
  const number = Number(value);
  if (number >= EPOCH_MILLISECONDS) return number - wallNow;
  return number >= EPOCH_SECONDS ? number * 1000 - wallNow : number * 1000;
}

function duration(value: string): number | undefined {
  if (!DURATION.test(value)) return undefined;
  let sum = 0;
  for (const [, count, unit] of value.matchAll(new RegExp(PART, 'g')))
    sum += Number(count) * (UNITS[unit ?? ''] ?? 0);
  return sum;
}

function timestamp(value: string, wallNow: number): number | undefined {
  const parts = TIMESTAMP.exec(value);
  if (!parts) return undefined;

  const [, date, time, seconds, fraction = ''] = parts;
  // The platform takes no leap second, and rounds a day that its month does not have up to the next one.
  const isLeap = seconds === '60';
  const start = `${date}T${time}${isLeap ? '59' : seconds}`;
  const utc = Date.parse(`${start}Z`);
  if (Number.isNaN(utc) || new Date(utc).toISOString().slice(0, 19) !== start) return undefined;

  const { sign, hours = '0', minutes = '0' } = parts.groups ?? {};
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
  return utc + Number(`0${fraction}`) * 1000 + (isLeap ? 1000 : 0) - offset - wallNow;
}
