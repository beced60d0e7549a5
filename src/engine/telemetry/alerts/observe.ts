import type { AlertRule } from '../../model/alertRule.ts';
import type { Measure } from '../metrics/measures.ts';
import type { MetricPoint } from '../metrics/metricQuery.ts';
import type { AlertWindow, FigureSource } from './alertSources.ts';
import type { Observation } from './judge.ts';

/** Of one group; null: not grouped, or without a value. */
export interface GroupObservation extends Observation {
  label: string | null;
}

const HOUR_MS = 3_600_000;

/** The figure of a rule over a window, for each of its groups. `watched`: all of the window was. Not for `each`. */
export function observe(
  rule: AlertRule,
  figures: FigureSource,
  window: AlertWindow & { watched: boolean },
  known: readonly (string | null)[],
): GroupObservation[] {
  const points = pointsOf(rule, figures, window, measureOf(rule));
  const labels = new Set([...points.keys(), ...known, ...(rule.by === null ? [null] : [])]);
  const unpriced = isCostSum(rule) ? unpricedGroups(rule, figures, window, points) : undefined;
  return [...labels].map((label) => ({
    label,
    ...observation(rule, points.get(label), window.watched && !unpriced?.has(label)),
  }));
}

function observation(rule: AlertRule, point: MetricPoint | undefined, complete: boolean): Observation {
  const { quantity } = rule.condition;
  const samples = point?.count ?? 0;
  switch (quantity.kind) {
    case 'statistic':
      return { value: point?.[quantity.statistic] ?? null, samples, atLeast: false };
    case 'error-rate':
      return { value: point?.mean ?? null, samples, atLeast: false };
    case 'count':
      return {
        value: (quantity.of === 'errors' ? point?.sum : point?.count) ?? 0,
        samples,
        atLeast: !complete,
      };
    case 'sum': {
      const hours = quantity.perHour ? rule.overMs / HOUR_MS : 1;
      return { value: (point?.sum ?? 0) / hours, samples, atLeast: !complete };
    }
    case 'each-score':
      throw new Error('single scores are not aggregated');
  }
}

function measureOf({ condition: { quantity } }: AlertRule): Measure {
  switch (quantity.kind) {
    case 'error-rate':
      return 'errors';
    case 'each-score':
      return 'score';
    default:
      return quantity.of;
  }
}

function pointsOf(
  rule: AlertRule,
  figures: FigureSource,
  { fromMs, toMs, where }: AlertWindow,
  measure: Measure,
): Map<string | null, MetricPoint> {
  const query = { measure, fromMs, toMs, where, by: rule.by, level: 'auto', mostPoints: 1 } as const;
  return new Map(
    figures
      .total(query)
      .flatMap(({ label, points: [point] }): [string | null, MetricPoint][] =>
        point ? [[label, point]] : [],
      ),
  );
}

function isCostSum({ condition: { quantity } }: AlertRule): boolean {
  return quantity.kind === 'sum' && quantity.of === 'costUsd';
}

/** Calls that used tokens and have no price: what was spent is more than the sum says. */
function unpricedGroups(
  rule: AlertRule,
  figures: FigureSource,
  window: AlertWindow,
  priced: ReadonlyMap<string | null, MetricPoint>,
): Set<string | null> {
  const used = pointsOf(rule, figures, window, 'inputTokens');
  return new Set(
    [...used].flatMap(([label, { count }]) => (count > (priced.get(label)?.count ?? 0) ? [label] : [])),
  );
}
