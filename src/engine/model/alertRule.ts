import type { SourceLocation } from './location.ts';

/** By what traffic is told apart. */
export const ALERT_DIMENSIONS = ['service', 'model', 'operation', 'release', 'suite', 'evaluator'] as const;
export type AlertDimension = (typeof ALERT_DIMENSIONS)[number];

export const ALERT_STATISTICS = ['mean', 'min', 'max', 'p50', 'p95', 'p99'] as const;
export type AlertStatistic = (typeof ALERT_STATISTICS)[number];

/** What is measured of each call, in its unit: milliseconds, tokens, US dollars, and scores from 0 to 1. */
export type SampledMeasure =
  | 'score'
  | 'durationMs'
  | 'firstTokenMs'
  | 'inputTokens'
  | 'outputTokens'
  | 'costUsd';

/** The figure that an alert looks at. */
export type AlertQuantity =
  | { kind: 'statistic'; statistic: AlertStatistic; of: SampledMeasure }
  | { kind: 'count'; of: 'calls' | 'errors' | 'score' }
  | { kind: 'sum'; of: 'costUsd' | 'inputTokens' | 'outputTokens'; perHour: boolean }
  /** Failed calls among all, 0 to 1. */
  | { kind: 'error-rate' }
  /** Every single score. */
  | { kind: 'each-score' };

export const ALERT_OPERATORS = ['<', '<=', '>', '>='] as const;
export type AlertOperator = (typeof ALERT_OPERATORS)[number];

export interface AlertCondition {
  quantity: AlertQuantity;
  operator: AlertOperator;
  /** In the unit of the quantity. */
  limit: number;
  /** As it is written. */
  text: string;
}

/** An entry of `alerts` in touchstone.yaml, with its defaults. */
export interface AlertRule {
  name: string;
  condition: AlertCondition;
  /** What fires is over from here on; the limit itself where nothing else is said. */
  clear: number;
  /** Only this traffic. */
  of: { [dimension in AlertDimension]?: string };
  /** Each value of it is looked at by itself; null: all traffic together. */
  by: AlertDimension | null;
  /** How far back the figure goes; of `each`, for how long a score that met the condition counts. */
  overMs: number;
  /** The condition must hold for so long before the alert fires. */
  forMs: number;
  /** Fewer samples in the window are no data. */
  minSamples: number;
  severity: AlertSeverity;
  /** Names of channels, `editor` among them. */
  notify: string[];
  /** What a person should know or do about it. */
  description: string | null;
  /** Of its name in the file. */
  location: SourceLocation;
}

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];

/** The channel that needs no entry under `notify`. */
export const EDITOR_CHANNEL = 'editor';

/** Where alerts are told, beside the editor. */
export type AlertChannel =
  | { kind: 'alertmanager'; name: string; url: string }
  /** `secret` is the variable that holds it. */
  | { kind: 'webhook'; name: string; url: string; secret: string };

/** `alerts` and `notify` of touchstone.yaml. */
export interface AlertsConfig {
  rules: AlertRule[];
  channels: AlertChannel[];
}
