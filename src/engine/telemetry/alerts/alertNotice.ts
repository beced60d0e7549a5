import type { AlertDimension, AlertSeverity } from '../../model/alertRule.ts';

/** A trace behind an alert. */
export interface AlertTrace {
  traceId: string;
  title: string;
  startMs: number;
  /** The lowest of its evaluations, 0 to 1; null where it has none. */
  score: number | null;
}

/** `withdrawn`: its rule was changed or taken away while it fired; whether it is over is not known. */
export type NoticeKind = 'firing' | 'resolved' | 'withdrawn' | 'test';

/** What a channel is told: plain data that is stored until it was delivered. */
export interface AlertNotice {
  /** Unique for each transition, and the same however often it is sent. */
  key: string;
  kind: NoticeKind;
  rule: string;
  /** Null: not grouped. */
  group: { by: AlertDimension; label: string | null } | null;
  /** What the alert is about only. */
  of: { [dimension in AlertDimension]?: string };
  severity: AlertSeverity;
  /** As it is written. */
  condition: string;
  description: string | null;
  value: number | null;
  limit: number;
  /** In words, such as "mean score 0.61 (limit 0.7)". */
  summary: string;
  samples: number;
  startsAtMs: number;
  /** Null while it fires. */
  endsAtMs: number | null;
  traces: AlertTrace[];
  /** Name of the workspace’s folder. */
  workspace: string;
  /** Opens the rule in an editor. */
  source: string;
}
