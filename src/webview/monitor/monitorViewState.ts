import * as z from 'zod/mini';
import { chartId, chartPoint, type Look, look } from './monitorMessages.ts';

/** What a person set up in the page; kept by the editor while the page is gone. */
const monitorViewState = z.object({
  version: z.literal(1),
  look,
  /** Charts that are shown as tables. */
  tables: z.array(chartId),
  /** Whose traces are listed. */
  point: z.nullable(chartPoint),
});
export type MonitorViewState = z.infer<typeof monitorViewState>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The ranges that are offered. */
export const RANGES: readonly { ms: number; label: string; text: string }[] = [
  { ms: 300_000, label: '5 min', text: 'the last 5 minutes' },
  { ms: HOUR, label: '1 h', text: 'the last hour' },
  { ms: 6 * HOUR, label: '6 h', text: 'the last 6 hours' },
  { ms: DAY, label: '24 h', text: 'the last 24 hours' },
  { ms: 7 * DAY, label: '7 d', text: 'the last 7 days' },
  { ms: 30 * DAY, label: '30 d', text: 'the last 30 days' },
  { ms: 365 * DAY, label: '1 year', text: 'the last year' },
];

const FIRST_LOOK: Look = { range: { kind: 'last', ms: HOUR }, by: null, where: {} };

export const FIRST_MONITOR_VIEW: MonitorViewState = { version: 1, look: FIRST_LOOK, tables: [], point: null };

export function readMonitorViewState(kept: unknown): MonitorViewState {
  const parsed = monitorViewState.safeParse(kept);
  return parsed.success ? parsed.data : FIRST_MONITOR_VIEW;
}
