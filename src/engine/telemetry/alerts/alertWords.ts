import type { AlertRule } from '../../model/alertRule.ts';
import { formatCost, formatCount, formatDuration, formatPercent } from '../../model/figures.ts';
import type { AlertTrace } from './alertNotice.ts';

/** A value of a rule's figure in its unit, such as `1.2 s`; null is unknown. */
export function alertValueText(rule: AlertRule, value: number | null): string {
  if (value === null) return 'no data';
  switch (unitOf(rule)) {
    case 'durationMs':
    case 'firstTokenMs':
      return formatDuration(value);
    case 'costUsd':
      return formatCost(value);
    case 'rate':
      return formatPercent(value);
    case 'score':
      return String(Number(value.toFixed(3)));
    case 'count':
      return formatCount(Number(value.toFixed(value < 10 ? 2 : 0)));
  }
}

/** `mean score 0.61, limit 0.7` */
export function alertSummary(rule: AlertRule, value: number | null): string {
  const { text, limit } = rule.condition;
  const figure = text.split(/[<>]/)[0]?.trim() ?? '';
  return `${figure} ${alertValueText(rule, value)}, limit ${alertValueText(rule, limit)}`;
}

function unitOf({ condition: { quantity } }: AlertRule) {
  switch (quantity.kind) {
    case 'error-rate':
      return 'rate';
    case 'each-score':
      return 'score';
    case 'count':
      return 'count';
    default:
      return quantity.of === 'inputTokens' || quantity.of === 'outputTokens' ? 'count' : quantity.of;
  }
}

/** Shows a trace in a terminal. */
export function traceCommand({ traceId }: Pick<AlertTrace, 'traceId'>): string {
  return `touchstone traces show ${traceId}`;
}

/** `4bf92f3577b34da6a3ce929d0e0e4736  score 0.12  invoke_agent support` */
export function traceLine({ traceId, score, title }: AlertTrace): string {
  const scored = score === null ? '' : `  score ${Number(score.toFixed(3))}`;
  return `${traceId}${scored}  ${title}`;
}
