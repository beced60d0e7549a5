import type { TimeRange } from './monitorMessages.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Days are those of UTC in what is stored, so that is how they are shown; finer buckets in the time zone of the person. */
function zoneOf(stepMs: number): { timeZone?: string } {
  return stepMs >= DAY ? { timeZone: 'UTC' } : {};
}

/** A mark of the time axis, as exact as the distance to the next one asks for. */
export function axisText(ms: number, betweenMs: number, stepMs: number): string {
  const zone = zoneOf(stepMs);
  if (betweenMs >= 28 * DAY)
    return new Date(ms).toLocaleDateString('en', { month: 'short', year: '2-digit', ...zone });
  if (betweenMs >= DAY)
    return new Date(ms).toLocaleDateString('en', { month: 'short', day: 'numeric', ...zone });
  return clock(ms, betweenMs < MINUTE);
}

/** A bucket: "12:03", "12:03:05", "Nov 30, 12:00", "Nov 30 (UTC)". */
export function bucketText(startMs: number, stepMs: number, nowMs: number): string {
  if (stepMs >= DAY) return `${dayText(startMs, { timeZone: 'UTC' })} (UTC)`;
  const time = clock(startMs, stepMs < MINUTE);
  return isSameDay(startMs, nowMs) ? time : `${dayText(startMs)}, ${time}`;
}

/** `Nov 30, 12:03 to 12:25` */
export function rangeText({ fromMs, toMs }: TimeRange): string {
  const seconds = toMs - fromMs < 10 * MINUTE;
  const to = `${isSameDay(fromMs, toMs) ? '' : `${dayText(toMs)}, `}${clock(toMs, seconds)}`;
  return `${dayText(fromMs)}, ${clock(fromMs, seconds)} to ${to}`;
}

/** `Nov 30, 12:03:05` */
export function momentText(ms: number): string {
  return `${dayText(ms)}, ${clock(ms, true)}`;
}

function clock(ms: number, seconds: boolean): string {
  return new Date(ms).toLocaleTimeString('en', {
    ...{ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    ...(seconds ? { second: '2-digit' } : {}),
  });
}

function dayText(ms: number, zone: { timeZone?: string } = {}): string {
  return new Date(ms).toLocaleDateString('en', { month: 'short', day: 'numeric', ...zone });
}

function isSameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}
