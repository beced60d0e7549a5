import { type MetricWhere, measures } from '../../protocol/metricEntries.ts';
import type { TraceFilter, TraceOrder } from '../../protocol/traceCalls.ts';
import type { TraceSummary } from '../../protocol/traceRow.ts';
import type { Board, ChartId, ChartPoint, Look, TimeRange } from '../../webview/monitor/monitorMessages.ts';
import type { EngineClient } from '../engine/engineClient.ts';

type Engine = Pick<EngineClient, 'call'>;

/** When a board is read anew, in milliseconds after it was read. */
export interface Pace {
  /** Where there is something new. */
  newMs: number;
  /** Where there is not: time goes on. Null: what is shown is over. */
  slideMs: number | null;
}

const DAY = 24 * 3_600_000;
/** Buckets across a chart. With more of them, each would be about few calls. */
const MOST_POINTS = 100;
/** A year is shown by days. */
const MOST_DAYS = 367;
const LONG_MS = 31 * DAY;
const MOST_MARKS = 100;
const MOST_TRACES = 50;
const NEW_MS = 1_000;
const LEAST_SLIDE_MS = 5_000;
const MOST_SLIDE_MS = 60_000;
/** A trace that is longer is not found by a point late in it. */
const LONGEST_TRACE_MS = DAY;

/** Everything that the page shows of a range. */
export async function readBoard(engine: Engine, look: Look, nowMs: number): Promise<Board> {
  const { range, by, where } = look;
  const { fromMs, toMs }: TimeRange =
    range.kind === 'between' ? range : { fromMs: nowMs - range.ms, toMs: nowMs };
  const [{ stepMs, measured, kinds }, { marks }] = await Promise.all([
    engine.call('metrics/series', {
      ...{ measures: [...measures], fromMs, toMs, where, by },
      mostPoints: toMs - fromMs > LONG_MS ? MOST_DAYS : MOST_POINTS,
    }),
    engine.call('metrics/marks', { fromMs, toMs, limit: MOST_MARKS }),
  ]);
  const isEmpty = measured.every(({ overall }) => overall === null);
  const lastMs = isEmpty ? await lastMeasured(engine, where, nowMs) : null;
  return { look, fromMs, toMs, stepMs, measured, kinds, marks, lastMs };
}

/** A board of a year need not be read each second: nothing in it could be seen to change. */
export function paceOf({ look, stepMs }: Pick<Board, 'look' | 'stepMs'>): Pace {
  const newMs = Math.min(Math.max(NEW_MS, stepMs / 20), MOST_SLIDE_MS);
  const slideMs = Math.min(Math.max(LEAST_SLIDE_MS, stepMs), MOST_SLIDE_MS);
  return { newMs, slideMs: look.range.kind === 'last' ? slideMs : null };
}

/** Start of the last day of a year with a measurement; null where there is none. */
async function lastMeasured(engine: Engine, where: MetricWhere, nowMs: number): Promise<number | null> {
  const { measured } = await engine.call('metrics/series', {
    ...{ measures: ['calls', 'score'], fromMs: nowMs - 365 * DAY, toMs: nowMs },
    ...{ where, by: null, mostPoints: MOST_DAYS },
  });
  const starts = measured.flatMap(({ series }) =>
    series.flatMap(({ points }) => points.at(-1)?.startMs ?? []),
  );
  return starts.length === 0 ? null : Math.max(...starts);
}

const WORST: { readonly [chart in ChartId]: TraceOrder } = {
  traffic: 'newest',
  errors: 'errors',
  latency: 'slowest',
  tokens: 'tokens',
  cost: 'costliest',
  quality: 'lowest-score',
};

/** The traces that were at work in a bucket, the worst first. */
export async function readTraces(
  engine: Engine,
  { chart, fromMs, toMs, where }: ChartPoint,
): Promise<{ traces: TraceSummary[]; more: boolean }> {
  const { service, model, release, suite } = where;
  const filter: TraceFilter = {
    ...{ since: fromMs - LONGEST_TRACE_MS, until: toMs, endedSince: fromMs },
    ...(service === undefined ? {} : { anyService: service }),
    ...(model === undefined ? {} : { model }),
    ...(release === undefined ? {} : { release }),
    ...(suite === undefined ? {} : { source: 'runs' as const }),
  };
  const asked = { filter, order: WORST[chart], limit: MOST_TRACES, after: null };
  const { traces, next } = await engine.call('traces/list', asked);
  return { traces, more: next !== null };
}
