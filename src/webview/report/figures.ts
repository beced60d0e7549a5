import {
  formatCost,
  formatCount,
  formatPercent,
  formatRange,
  formatScore,
} from '../../engine/model/figures.ts';
import type { GroupEntry } from './entries.ts';

/** `93.9 % (85.4–97.6)`: the rate and its 95 % interval. */
export function rateText(group: GroupEntry): string {
  const interval = intervalText(group);
  return interval === '' ? formatPercent(group.pass_rate) : `${formatPercent(group.pass_rate)} (${interval})`;
}

/** `85.4–97.6`, in percent; empty without a measurement. */
export function intervalText({ pass_rate_interval: range }: GroupEntry): string {
  return range ? formatRange(range) : '';
}

/** The name of a stage; a result without a stage could not be scored. */
export function stageText(stage: string): string {
  return stage === 'none' ? 'not scored' : stage;
}

/** `0.91 ±0.02`: the mean and its standard error. */
export function scoreText({ mean_score, score_standard_error: error }: GroupEntry): string {
  const score = formatScore(mean_score);
  return error === null ? score : `${score} ±${formatScore(error)}`;
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
