import { counted } from '../../model/figures.ts';
import type { GatePolicy, Minimum } from '../../model/gatePolicy.ts';
import type { GateClause } from '../../model/gateReport.ts';
import type { GroupSummary, RunSummary } from '../../model/summary.ts';
import { percent, percentLimit, ROUNDING } from './clauseText.ts';

/** Clauses on what must be reached: pass rates, over all cases and by tag, and the mean score. */
export function rateClauses({ minPassRate, minScore }: GatePolicy, summary: RunSummary): GateClause[] {
  const clauses: GateClause[] = [];
  if (minPassRate?.overall !== undefined)
    clauses.push(passRate('min_pass_rate', summary.total, minPassRate.overall));
  const groups = new Map(summary.tags.map((entry) => [entry.tag, entry.summary]));
  for (const [tag, min] of Object.entries(minPassRate?.tags ?? {}))
    clauses.push(passRate(`min_pass_rate[${tag}]`, groups.get(tag), min));
  if (minScore !== undefined) clauses.push(meanScore(summary.total, minScore));
  return clauses;
}

/** A trial that could not be measured counts as failed. */
function passRate(name: string, group: GroupSummary | undefined, minimum: Minimum): GateClause {
  if (!group || group.trials === 0) return { name, status: 'undecided', reason: 'no case has this tag' };

  const { min, by } = minimumOf(minimum);
  const { passRate: rate, passRateInterval: range, errored } = group;
  const value = (by === 'lower' ? range?.low : rate) ?? null;
  if (value === null || rate === null) return { name, status: 'undecided', reason: 'there is no pass rate' };

  const reached = value >= min - ROUNDING;
  if (reached && errored === group.trials)
    return { name, status: 'undecided', reason: 'every trial errored: nothing was measured' };

  const holes = counted(errored, 'errored trial counts', 'errored trials count');
  const reason = reasonFor({
    what: 'rate',
    rate: `pass rate ${percent(rate, by === 'point' ? min : undefined)}`,
    required: `required at least ${percentLimit(min)}`,
    by,
    range: range && { low: percent(range.low, by === 'lower' ? min : undefined), high: percent(range.high) },
    holes: errored === 0 ? null : `${holes} as failed`,
  });

  return { name, status: reached ? 'pass' : 'fail', reason };
}

/** A score that could not be measured may be anything from 0 to 1. */
function meanScore(total: GroupSummary, minimum: Minimum): GateClause {
  const name = 'min_score';
  const { min, by } = minimumOf(minimum);
  const { meanScore: mean, scoreBounds: bounds, scoreInterval: range } = total;
  if (mean === null || bounds === null || Number.isNaN(mean))
    return { name, status: 'undecided', reason: 'there is no mean score' };

  const whole = bounds.high - bounds.low <= ROUNDING;
  const reason = reasonFor({
    what: 'mean',
    rate: `mean score ${score(mean, min)}`,
    required: `required at least ${min}`,
    by,
    range: range && { low: score(range.low, min), high: score(range.high) },
    holes: whole ? null : `the missing scores could make it ${score(bounds.low)} to ${score(bounds.high)}`,
  });

  const least = by === 'lower' ? range?.low : bounds.low;
  if (least === undefined) return { name, status: 'undecided', reason };
  if (least >= min - ROUNDING) return { name, status: 'pass', reason };

  return { name, status: whole || bounds.high < min - ROUNDING ? 'fail' : 'undecided', reason };
}

interface RateText {
  what: 'rate' | 'mean';
  rate: string;
  required: string;
  by: 'point' | 'lower';
  /** The 95 % interval. */
  range: { low: string; high: string } | null;
  /** What is missing, and what became of it. */
  holes: string | null;
}

/** Says which figure decided: the rate itself, or the lower end of its interval. */
function reasonFor({ what, rate, required, by, range, holes }: RateText): string {
  const lower = by === 'lower' && range ? `, lower end of its 95 % interval ${range.low}` : '';
  const aside = [
    by === 'lower' ? 'the lower end decides' : `the ${what} itself decides`,
    ...(range && by === 'point' ? [`95 % interval ${range.low} to ${range.high}`] : []),
    ...(holes === null ? [] : [holes]),
  ];
  return `${rate}${lower}, ${required} (${aside.join('; ')})`;
}

function minimumOf(minimum: Minimum): { min: number; by: 'point' | 'lower' } {
  return typeof minimum === 'number' ? { min: minimum, by: 'point' } : minimum;
}

/** Three decimals, or six where it takes them to tell it from `other`. */
function score(value: number, other = value): string {
  const text = value.toFixed(3);
  return Math.abs(value - other) > ROUNDING && text === other.toFixed(3) ? value.toFixed(6) : text;
}
