import { formatCost, formatCount, formatPercent } from '../../engine/reports/figures.ts';
import type { GroupEntry } from './entries.ts';

/** `93.9 % (85.4–97.6)`: the rate and its 95 % interval. */
export function rateText({ pass_rate, pass_rate_interval: range }: GroupEntry): string {
  if (!range) return formatPercent(pass_rate);
  return `${formatPercent(pass_rate)} (${(range.low * 100).toFixed(1)}–${(range.high * 100).toFixed(1)})`;
}

/** `0.91 ±0.02`: the mean and its standard error. */
export function scoreText({ mean_score, score_standard_error: error }: GroupEntry): string {
  if (mean_score === null) return '–';
  return error === null ? mean_score.toFixed(2) : `${mean_score.toFixed(2)} ±${error.toFixed(2)}`;
}

/** A cost of which parts are unknown is a lower bound; all unknown is unknown. */
export function costText({ cost_usd, unknown_costs, trials }: GroupEntry): string {
  if (cost_usd === null || unknown_costs === trials) return 'unknown';
  return unknown_costs > 0 ? `≥ ${formatCost(cost_usd)}` : formatCost(cost_usd);
}

export function tokenText({ input_tokens, output_tokens }: GroupEntry): string {
  if (input_tokens === null || output_tokens === null) return 'unknown';
  return `${formatCount(input_tokens)} / ${formatCount(output_tokens)}`;
}
