import type { AlertRule } from '../../model/alertRule.ts';
import type { AlertEvent } from './alertStates.ts';

/** The figure of an alert, or of one of its groups, at one moment. */
export interface Observation {
  /** Null: there is none. */
  value: number | null;
  /** What it was made of. */
  samples: number;
  /** The true value may be higher: it was not watched all the time, or some calls have no price. */
  atLeast: boolean;
}

/** What an observation says; `breach` where the condition holds, for however long. */
export function judge(
  rule: AlertRule,
  { value, samples, atLeast }: Observation,
): Exclude<AlertEvent, 'held'> {
  if (value === null || !Number.isFinite(value)) return 'no-data';
  if (samples < rule.minSamples && isSampled(rule)) return 'no-data';

  const { operator } = rule.condition;
  const up = operator === '>' || operator === '>=';
  const breaches = isMet(rule, value);
  // A value that may be higher proves only what a higher one would prove as well.
  if (up) {
    if (breaches) return 'breach';
    if (atLeast) return 'no-data';
    return value <= rule.clear ? 'fine' : 'between';
  }
  if (breaches) return atLeast ? 'no-data' : 'breach';
  return value >= rule.clear ? 'fine' : 'between';
}

/** Whether a value meets the condition. */
export function isMet({ condition: { operator, limit } }: AlertRule, value: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
  }
}

/** Counts and sums need no samples: none is a count, too. */
function isSampled({ condition: { quantity } }: AlertRule): boolean {
  return quantity.kind === 'statistic' || quantity.kind === 'error-rate';
}
