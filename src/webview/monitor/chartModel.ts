import {
  counted,
  formatCost,
  formatCount,
  formatDuration,
  formatPercent,
  formatScore,
} from '../../engine/model/figures.ts';
import type { Measure, Measured, MetricPoint, MetricSeries } from '../../protocol/metricEntries.ts';
import type { Board, ChartId, TimeRange } from './monitorMessages.ts';

/** One line or row of bars, with a value for each bucket; null is a gap. */
export interface ChartSeries {
  label: string;
  values: (number | null)[];
  /** Over the whole range. */
  total: number | null;
}

export interface Chart {
  id: ChartId;
  title: string;
  /** What the person wants to know first, with its unit. */
  headline: string;
  detail: string;
  shape: 'bars' | 'lines';
  series: ChartSeries[];
  /** What the single values lie between. */
  band: { low: (number | null)[]; high: (number | null)[] } | null;
  format(value: number): string;
  /** Of the axis, where it does not follow from the values. */
  top: number | null;
  /** Series that are not shown: there are too many. */
  left: number;
}

export interface Charts extends TimeRange {
  stepMs: number;
  /** Starts of the buckets, without a gap between them, in milliseconds since the epoch. */
  starts: number[];
  charts: Chart[];
}

/** Series of one chart that can still be told from each other. */
const MOST_SERIES = 6;
/** More would be a fault of whoever sent them. */
const MOST_BUCKETS = 5_000;
const MINUTE = 60_000;

/** What the page draws. A bucket in which nothing was measured is a gap, never 0. */
export function chartsOf(board: Board): Charts {
  const { fromMs, toMs, stepMs } = board;
  const starts: number[] = [];
  const first = Math.floor(fromMs / stepMs) * stepMs;
  for (let at = first; at < toMs && starts.length < MOST_BUCKETS; at += stepMs) starts.push(at);

  const data = new ChartData(board, starts);
  const charts = [traffic(data), errors(data), latency(data), tokens(data), cost(data), quality(data)];
  return { fromMs, toMs, stepMs, starts, charts };
}

export function isEmpty(board: Board): boolean {
  return board.measured.every(({ overall }) => overall === null);
}

type Read = (point: MetricPoint) => number;
/** What a label’s series is, but for its name. */
type Make = (label: string | null) => Omit<ChartSeries, 'label'>;

class ChartData {
  readonly board: Board;
  readonly starts: readonly number[];
  readonly #measured: ReadonlyMap<Measure, Measured>;

  constructor(board: Board, starts: readonly number[]) {
    this.board = board;
    this.starts = starts;
    this.#measured = new Map(board.measured.map((each) => [each.measure, each]));
  }

  overall(measure: Measure): MetricPoint | null {
    return this.#measured.get(measure)?.overall ?? null;
  }

  /** A series a label, the largest first; one that is called `alone` where nothing is grouped by. */
  labelled(measure: Measure, alone: string, make: Make): Pick<Chart, 'series' | 'left'> {
    const totals = this.#measured.get(measure)?.totals ?? [];
    const size = ({ points }: MetricSeries) => points[0]?.count ?? 0;
    const ranked = [...totals].sort((a, b) => size(b) - size(a));
    const series = ranked
      .slice(0, MOST_SERIES)
      .map(({ label }) => ({ label: this.#nameOf(label, alone), ...make(label) }));
    return { series, left: Math.max(0, ranked.length - MOST_SERIES) };
  }

  made(measure: Measure, read: Read): Make {
    return (label) => {
      const total = this.total(measure, label);
      return { values: this.values(measure, read, label), total: total ? read(total) : null };
    };
  }

  values(measure: Measure, read: Read, label: string | null = null): (number | null)[] {
    const points = this.points(measure, label);
    return this.starts.map((start) => {
      const point = points.get(start);
      return point ? read(point) : null;
    });
  }

  points(measure: Measure, label: string | null): ReadonlyMap<number, MetricPoint> {
    const series = this.#measured.get(measure)?.series.find((each) => each.label === label);
    return new Map(series?.points.map((point) => [point.startMs, point]));
  }

  total(measure: Measure, label: string | null): MetricPoint | undefined {
    const totals = this.#measured.get(measure)?.totals.find((each) => each.label === label);
    return totals?.points[0];
  }

  get isGrouped(): boolean {
    return this.board.look.by !== null;
  }

  #nameOf(label: string | null, alone: string): string {
    if (!this.isGrouped) return alone;
    return label ?? `no ${this.board.look.by}`;
  }
}

const COUNT: Read = ({ count }) => count;
const SUM: Read = ({ sum }) => sum;
const MEAN: Read = ({ mean }) => mean;

function traffic(data: ChartData): Chart {
  const { fromMs, toMs } = data.board;
  const count = data.overall('calls')?.count ?? null;
  return {
    ...{ id: 'traffic', title: 'Traffic', band: null, top: null, format: formatCount },
    shape: data.isGrouped ? 'lines' : 'bars',
    headline: count === null ? 'no calls' : counted(count, 'call'),
    detail: count === null ? '' : [rateText(count, toMs - fromMs), ...kindsText(data.board)].join(' · '),
    ...data.labelled('calls', 'calls', data.made('calls', COUNT)),
  };
}

/** Requests, model calls and tool calls apart: all of them are calls. */
function kindsText({ kinds }: Board): string[] {
  if (kinds.length < 2) return [];
  return [kinds.map(({ operation, count }) => `${formatCount(count)} ${operation ?? 'other'}`).join(', ')];
}

/** A bucket with calls of which none failed has the rate 0; one without calls has none. */
function errors(data: ChartData): Chart {
  const calls = data.overall('calls')?.count ?? null;
  const failed = data.overall('errors')?.sum ?? 0;
  const rates: Make = (label) => {
    const [all, failures] = [data.points('calls', label), data.points('errors', label)];
    return {
      values: data.starts.map((start) => rateOf(all.get(start), failures.get(start))),
      total: rateOf(data.total('calls', label), data.total('errors', label)),
    };
  };
  return {
    ...{ id: 'errors', title: 'Errors', band: null, shape: 'lines', top: null },
    headline: calls === null ? 'no calls' : formatPercent(failed / calls),
    detail: calls === null ? '' : `${formatCount(failed)} of ${counted(calls, 'call')} failed`,
    format: formatPercent,
    ...data.labelled('calls', 'error rate', rates),
  };
}

function latency(data: ChartData): Chart {
  const overall = data.overall('durationMs');
  const quantiles: { label: string; read: Read }[] = [
    { label: 'p50', read: ({ p50 }) => p50 },
    { label: 'p95', read: ({ p95 }) => p95 },
    { label: 'p99', read: ({ p99 }) => p99 },
  ];
  const series = data.isGrouped
    ? data.labelled(
        'durationMs',
        'p95',
        data.made('durationMs', ({ p95 }) => p95),
      )
    : {
        series: quantiles.map(({ label, read }) => ({
          label,
          values: data.values('durationMs', read),
          total: overall ? read(overall) : null,
        })),
        left: 0,
      };
  return {
    ...{ id: 'latency', title: 'Latency', band: null, shape: 'lines', top: null, format: formatDuration },
    headline: overall ? `p95 ${formatDuration(overall.p95)}` : 'not measured',
    detail: overall ? `p50 ${formatDuration(overall.p50)} · p99 ${formatDuration(overall.p99)}` : '',
    ...(overall ? series : { series: [], left: 0 }),
  };
}

function tokens(data: ChartData): Chart {
  const [input, output] = [data.overall('inputTokens'), data.overall('outputTokens')];
  const known = input !== null || output !== null;
  const all = (input?.sum ?? 0) + (output?.sum ?? 0);
  const kinds: { label: string; measure: Measure }[] = [
    { label: 'input', measure: 'inputTokens' },
    { label: 'output', measure: 'outputTokens' },
  ];
  const series = data.isGrouped
    ? data.labelled('inputTokens', 'input', data.made('inputTokens', SUM))
    : {
        series: kinds.map(({ label, measure }) => ({
          label,
          values: data.values(measure, SUM),
          total: data.overall(measure)?.sum ?? null,
        })),
        left: 0,
      };
  return {
    ...{ id: 'tokens', band: null, shape: 'lines', top: null, format: formatCount },
    title: data.isGrouped ? 'Input tokens' : 'Tokens',
    headline: known ? counted(all, 'token') : 'unknown',
    detail: known ? `${tokenText(input)} in · ${tokenText(output)} out` : '',
    ...(known ? series : { series: [], left: 0 }),
  };
}

function cost(data: ChartData): Chart {
  const overall = data.overall('costUsd');
  return {
    ...{ id: 'cost', title: 'Cost', band: null, top: null, format: formatCost },
    shape: data.isGrouped ? 'lines' : 'bars',
    headline: formatCost(overall?.sum ?? null),
    detail: overall ? `${formatCost(overall.mean)} per priced call` : '',
    ...data.labelled('costUsd', 'cost', data.made('costUsd', SUM)),
  };
}

function quality(data: ChartData): Chart {
  const overall = data.overall('score');
  const band = {
    low: data.values('score', ({ min }) => min),
    high: data.values('score', ({ max }) => max),
  };
  return {
    ...{ id: 'quality', title: 'Quality', shape: 'lines', top: 1, format: (score) => formatScore(score) },
    headline: overall ? `mean score ${formatScore(overall.mean)}` : 'not evaluated',
    detail: overall
      ? `${formatScore(overall.min)} to ${formatScore(overall.max)} in ${counted(overall.count, 'evaluation')}`
      : '',
    band: overall && !data.isGrouped ? band : null,
    ...data.labelled('score', 'mean', data.made('score', MEAN)),
  };
}

function rateOf(calls: MetricPoint | undefined, errors: MetricPoint | undefined): number | null {
  return calls && calls.count > 0 ? (errors?.sum ?? 0) / calls.count : null;
}

function tokenText(point: MetricPoint | null): string {
  return point ? formatCount(point.sum) : 'unknown';
}

/** In the unit that makes it at least one: `38 per minute`, `2.4 per hour`. */
function rateText(count: number, ms: number): string {
  const perMinute = count / (ms / MINUTE);
  const [rate, unit] =
    perMinute >= 1
      ? [perMinute, 'minute']
      : perMinute * 60 >= 1
        ? [perMinute * 60, 'hour']
        : [perMinute * 60 * 24, 'day'];
  return `${rate >= 10 ? formatCount(Math.round(rate)) : rate.toFixed(1)} per ${unit}`;
}
