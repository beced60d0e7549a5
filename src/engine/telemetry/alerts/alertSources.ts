import type { AlertDimension, AlertRule } from '../../model/alertRule.ts';
import type { LiveEvaluation } from '../../model/liveEvaluation.ts';
import type { MetricQuery, MetricSeries } from '../metrics/metricQuery.ts';
import type { AlertTrace } from './alertNotice.ts';

/** The aggregates, as MetricStore answers. */
export interface FigureSource {
  total(query: MetricQuery): MetricSeries[];
}

/** Single scores in the order in which they were made. */
export interface EvaluationLog {
  after(seq: number, limit: number): LiveEvaluation[];
  readonly lastSeq: number;
}

/** A stretch of time and the traffic in it. */
export interface AlertWindow {
  fromMs: number;
  toMs: number;
  where: { [dimension in AlertDimension]?: string };
}

/** The traces behind an alert. */
export interface TraceSource {
  /** Those that are most to blame, the worst first. */
  worst(rule: AlertRule, window: AlertWindow, limit: number): AlertTrace[];
  /** Those that were scored, in the same order. */
  scored(scores: readonly { traceId: string; score: number; atMs: number }[]): AlertTrace[];
}
