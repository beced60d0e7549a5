import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
} from '../../engine/model/figures.ts';
import { DIMENSIONS, type Measure } from '../../engine/telemetry/metrics/measures.ts';
import type { MetricPoint, MetricSeries } from '../../engine/telemetry/metrics/metricQuery.ts';
import type { MetricStore } from '../../engine/telemetry/metrics/metricStore.ts';
import type { Io } from '../terminal/io.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { type Column, fitTable, truncate } from '../terminal/table.ts';
import type { ReadMeasure, ReadRange } from './metricEntry.ts';

/** Most characters of a trend. */
export const TREND_POINTS = 30;

/** Values of a dimension that are shown of each measure, those with the most behind them. */
const MOST_LABELS = 40;

const BLOCKS = [...'▁▂▃▄▅▆▇█'];

interface Row {
  name: string;
  /** The one figure that says most. */
  total(point: MetricPoint): string;
  /** How one value is written; undefined where single values say nothing. */
  value?(value: number): string;
  /** What is drawn over time; `of` names it. */
  trend(point: MetricPoint): number;
  of: string;
}

const ROWS: { readonly [measure in Measure]: Row } = {
  calls: {
    name: 'calls',
    total: ({ count }) => formatCount(count),
    trend: ({ count }) => count,
    of: 'count',
  },
  errors: {
    ...{ name: 'errors', trend: ({ mean }) => mean, of: 'rate' },
    total: ({ sum, mean }) => `${formatCount(sum)} (${formatPercent(mean)})`,
  },
  durationMs: {
    ...{ name: 'duration', value: formatDuration, trend: ({ p95 }) => p95, of: 'p95' },
    total: ({ mean }) => `mean ${formatDuration(mean)}`,
  },
  firstTokenMs: {
    ...{ name: 'first token', value: formatDuration, trend: ({ p95 }) => p95, of: 'p95' },
    total: ({ mean }) => `mean ${formatDuration(mean)}`,
  },
  inputTokens: {
    ...{ name: 'input tokens', value: wholeTokens, trend: ({ sum }) => sum, of: 'sum' },
    total: ({ sum }) => formatCount(sum),
  },
  outputTokens: {
    ...{ name: 'output tokens', value: wholeTokens, trend: ({ sum }) => sum, of: 'sum' },
    total: ({ sum }) => formatCount(sum),
  },
  costUsd: {
    ...{ name: 'cost', value: formatCost, trend: ({ sum }) => sum, of: 'sum' },
    total: ({ sum }) => formatCost(sum),
  },
  score: {
    ...{ name: 'score', value: (score: number) => formatScore(score), trend: ({ mean }) => mean, of: 'mean' },
    total: ({ mean }) => `mean ${formatScore(mean)}`,
  },
};

/** A heading, and a line for each measure and label. A trend has a gap where nothing was measured. */
export function metricsTable(
  measures: readonly ReadMeasure[],
  { fromMs, toMs, by }: ReadRange,
  io: Io,
): string[] {
  const columns: Column[] = [
    { title: 'measure' },
    ...(by === null ? [] : [{ title: by }]),
    { title: 'total', align: 'right' },
    { title: 'values', align: 'right', spare: 2 },
    { title: 'p50', align: 'right' },
    { title: 'p95', align: 'right' },
    { title: 'p99', align: 'right', spare: 3 },
    { title: 'max', align: 'right', spare: 1 },
    { title: 'over time', spare: 4 },
  ];
  const rows = measures.flatMap(({ measure, totals, overTime: { stepMs, series } }) =>
    totals.slice(0, MOST_LABELS).flatMap(({ label, points: [point] }) => {
      if (!point) return [];
      const points = series.find((one) => one.label === label)?.points ?? [];
      const name = label === null ? io.style.dim('unknown') : truncate(sanitizeLine(label), 32);
      const trend = trendOf(points, ROWS[measure], { fromMs, toMs, stepMs });
      return [cells(ROWS[measure], point, { name: by === null ? undefined : name, trend })];
    }),
  );
  return fitTable(columns, rows, io.width);
}

/** How many values of a dimension were left out; undefined where all are shown. */
export function leftOutLine(measures: readonly ReadMeasure[], { by }: ReadRange): string | undefined {
  const most = Math.max(0, ...measures.map(({ totals }) => totals.length));
  if (by === null || most <= MOST_LABELS) return undefined;
  const left = counted(most - MOST_LABELS, `more value of ${by}`, `more values of ${by}`);
  return `${left}, those with the fewest calls or scores; --json lists all, --where ${by}=… shows one`;
}

/** What a person calls requests, model calls and tool calls, of all the calls. */
export function kindsLine(kinds: readonly MetricSeries[]): string {
  const counts = kinds.map(
    ({ label, points }) => `${formatCount(points[0]?.count ?? 0)} ${sanitizeLine(label ?? 'other')}`,
  );
  return `calls are spans: ${counts.join(', ')}; for one kind: --where operation=model`;
}

function cells(
  { name, total, value, of }: Row,
  point: MetricPoint,
  { name: label, trend }: { name: string | undefined; trend: string },
): string[] {
  const single = (given: number): string => (value ? value(given) : '');
  return [
    name,
    ...(label === undefined ? [] : [label]),
    total(point),
    formatCount(point.count),
    ...[point.p50, point.p95, point.p99, point.max].map(single),
    `${trend} ${of}`,
  ];
}

/** From 0 up to the greatest, so that heights compare. */
function trendOf(
  points: readonly MetricPoint[],
  { trend }: Row,
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
): string {
  const first = Math.floor(fromMs / stepMs);
  const steps = Math.max(1, Math.ceil(toMs / stepMs) - first);
  const heights = new Map(points.map((point) => [point.startMs / stepMs - first, trend(point)]));
  const most = Math.max(...heights.values());
  return Array.from({ length: Math.min(steps, TREND_POINTS + 1) }, (_, at) => {
    const height = heights.get(at);
    if (height === undefined) return ' ';
    return BLOCKS[most > 0 ? Math.min(7, Math.floor((height / most) * 8)) : 0] ?? ' ';
  }).join('');
}

/** What to do where there is nothing to show. */
export function nothingMeasured(store: MetricStore): string {
  if (DIMENSIONS.some((dimension) => store.values(dimension).length > 0))
    return 'nothing was measured in this range; choose a longer one with --since, or fewer conditions';
  return [
    'nothing was measured yet',
    'Receive the traces of your agent:  touchstone serve, then start the agent with OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
    'Or evaluate it:                    touchstone eval, then touchstone metrics --measure score --by suite',
  ].join('\n');
}

function wholeTokens(tokens: number): string {
  return formatCount(Math.round(tokens));
}
