import type { Measure } from '../../engine/telemetry/metrics/measures.ts';
import type {
  MetricPoint,
  MetricQuery,
  MetricSeries,
  MetricSeriesAnswer,
} from '../../engine/telemetry/metrics/metricQuery.ts';

/** A measure as a command has read it. */
export interface ReadMeasure {
  measure: Measure;
  /** One point each, over the whole range. */
  totals: MetricSeries[];
  overTime: MetricSeriesAnswer;
}

export type ReadRange = Pick<MetricQuery, 'fromMs' | 'toMs' | 'where' | 'by'>;

/** Metrics in JSON. Points without data are left out. */
export function metricEntry(measures: readonly ReadMeasure[], { fromMs, toMs, where, by }: ReadRange) {
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    where,
    by,
    measures: measures.map(({ measure, totals, overTime: { level, stepMs, series } }) => ({
      measure,
      unit: UNITS[measure],
      level,
      step_seconds: stepMs / 1_000,
      series: totals.map(({ label, points: [total] }) => ({
        label,
        total: total ? figures(total) : null,
        points: (series.find((one) => one.label === label)?.points ?? []).map((point) => ({
          start: new Date(point.startMs).toISOString(),
          ...figures(point),
        })),
      })),
    })),
  };
}

const UNITS: { readonly [measure in Measure]: string } = {
  calls: 'calls',
  errors: 'errors',
  durationMs: 'ms',
  firstTokenMs: 'ms',
  inputTokens: 'tokens',
  outputTokens: 'tokens',
  costUsd: 'USD',
  score: '0 to 1',
};

function figures({ count, sum, min, max, mean, p50, p95, p99 }: MetricPoint) {
  return { count, sum, min, max, mean, p50, p95, p99 };
}
