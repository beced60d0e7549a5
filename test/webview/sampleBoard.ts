import {
  type Dimension,
  type Measure,
  type Measured,
  type MetricMark,
  type MetricPoint,
  type MetricSeries,
  measures,
} from '../../src/protocol/metricEntries.ts';
import type { TraceSummary } from '../../src/protocol/traceRow.ts';
import type { Board, Look } from '../../src/webview/monitor/monitorMessages.ts';

/** 30 November 2026, 12:00:00 UTC. */
export const NOON = Date.UTC(2026, 10, 30, 12);
const MINUTE = 60_000;

export interface SampleOptions {
  look?: Look;
  toMs?: number;
  buckets?: number;
  stepMs?: number;
  labels?: (string | null)[];
  marks?: MetricMark[];
  /** Positions of buckets in which nothing was measured. */
  gaps?: (index: number) => boolean;
  measures?: readonly Measure[];
}

const BASE: { readonly [measure in Measure]: number } = {
  ...{ calls: 1, errors: 0.02, durationMs: 800, firstTokenMs: 200 },
  ...{ inputTokens: 900, outputTokens: 150, costUsd: 0.0021, score: 0.9 },
};

/** What a host would send: an hour by minutes, in which quality fell for a while. */
export function sampleBoard(options: SampleOptions = {}): Board {
  const { buckets = 60, stepMs = MINUTE, labels = [null], marks = [], gaps = () => false } = options;
  const { toMs = NOON, measures: known = measures } = options;
  const fromMs = toMs - buckets * stepMs;
  const range = { kind: 'last', ms: buckets * stepMs } as const;
  const by: Dimension | null = labels[0] === null && labels.length === 1 ? null : 'service';

  const measured = known.map((measure): Measured => {
    const series = labels.map((label, at): MetricSeries => {
      const indexes = Array.from({ length: buckets }, (_, index) => index).filter((index) => !gaps(index));
      const points = indexes.map((index) => point(measure, fromMs + index * stepMs, index / buckets, at));
      return { label, points };
    });
    const totals = series.map(({ label, points }) => ({ label, points: merged(points, fromMs) }));
    const overall =
      merged(
        series.flatMap(({ points }) => points),
        fromMs,
      )[0] ?? null;
    return { measure, series, totals, overall };
  });
  return {
    look: options.look ?? { range, by, where: {} },
    ...{ fromMs, toMs, stepMs, measured, kinds: [], marks, lastMs: null },
  };
}

/** Smooth and the same each time; bad from 55 % to 70 % of the range. */
function point(measure: Measure, startMs: number, share: number, at: number): MetricPoint {
  const bad = share >= 0.55 && share < 0.7;
  const wave = 1 + 0.25 * Math.sin(share * 20 + at) + 0.1 * Math.cos(share * 77);
  const count = Math.max(1, Math.round((40 * wave) / (at + 1)));
  const base = BASE[measure];
  const value = (() => {
    if (measure === 'score') return Math.min(1, bad ? 0.35 : base + 0.04 * Math.sin(share * 31));
    if (measure === 'errors') return bad ? 0.2 : base;
    if (measure === 'durationMs') return base * wave * (bad ? 3 : 1);
    return base * wave;
  })();
  const whole = measure === 'errors' || measure.endsWith('Tokens');
  const sum = measure === 'calls' ? count : whole ? Math.round(value * count) : value * count;
  return {
    ...{ startMs, count, sum, mean: sum / count },
    ...{ min: value * 0.4, max: measure === 'score' ? Math.min(1, value * 1.3) : value * 3 },
    ...{ p50: value * 0.8, p95: value * 1.9, p99: value * 2.6 },
  };
}

function merged(points: readonly MetricPoint[], startMs: number): MetricPoint[] {
  if (points.length === 0) return [];
  const count = points.reduce((total, each) => total + each.count, 0);
  const sum = points.reduce((total, each) => total + each.sum, 0);
  const most = (read: (each: MetricPoint) => number) => Math.max(...points.map(read));
  return [
    {
      ...{ startMs, count, sum, mean: sum / count },
      ...{ min: Math.min(...points.map(({ min }) => min)), max: most(({ max }) => max) },
      ...{ p50: most(({ p50 }) => p50), p95: most(({ p95 }) => p95), p99: most(({ p99 }) => p99) },
    },
  ];
}

export function sampleMarks(): MetricMark[] {
  return [
    { kind: 'run', timeMs: NOON - 50 * MINUTE, runId: 'r1', suite: 'support', passed: true },
    {
      ...{ kind: 'alert', timeMs: NOON - 24 * MINUTE, alert: 'low quality', state: 'firing' },
      text: 'mean score 0.41, below 0.70',
    },
    {
      ...{ kind: 'alert', timeMs: NOON - 16 * MINUTE, alert: 'low quality', state: 'resolved' },
      text: 'mean score 0.91',
    },
  ];
}

export function sampleTrace(index: number, over: Partial<TraceSummary> = {}): TraceSummary {
  return {
    ...{ traceId: index.toString(16).padStart(32, '0'), title: `answer customer ${index}`, role: 'agent' },
    ...{ services: ['support'], startMs: NOON - 20 * MINUTE + index * 1000, spans: 5, errors: index % 2 },
    endMs: NOON - 20 * MINUTE + index * 1000 + 2400,
    tokens: { input: 812, output: 143, cached: null, cacheWrite: null, reasoning: null },
    ...{ costUsd: 0.0021, models: ['gpt-5-mini'], session: null, user: null, release: null },
    ...{ incomplete: false, origin: null, score: 0.1 + index / 20 },
    ...over,
  };
}
