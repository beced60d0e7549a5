import type { TrialResult } from './result.ts';

/**
 * The one rule for what could not be measured, in comparisons, tags and gates alike: a trial without a
 * measurement is neither good nor bad but a hole, and whatever is concluded must hold with the holes filled by the
 * worst for the conclusion. What was measured besides, e.g. by the evaluators that did not fail, counts for nothing.
 */
export interface Measurement {
  /** Mean over the measured trials, 0–1; null where there are none. */
  mean: number | null;
  /** Trials that were planned, and those of them that are holes. */
  trials: number;
  holes: number;
}

/** Whether trials passed. A hole is a trial that errored, or one of the `planned` that is not there. */
export function measurePasses(trials: readonly TrialResult[], planned = trials.length): Measurement {
  const measured = trials.filter(isMeasured);
  return measurement(
    measured.map(({ status }) => (status === 'passed' ? 1 : 0)),
    Math.max(planned, trials.length),
  );
}

/** The scores of trials. A failed trial is a hole as well where one of its evaluators could not measure. */
export function measureScores(trials: readonly TrialResult[], planned = trials.length): Measurement {
  const scores: number[] = [];
  for (const trial of trials) {
    const { score } = trial;
    if (score !== null && Number.isFinite(score) && isScored(trial)) scores.push(score);
  }
  return measurement(scores, Math.max(planned, trials.length));
}

/** The mean over all trials with every hole filled with 0, and with 1. */
export function boundsOf({ mean, trials, holes }: Measurement): { low: number; high: number } {
  const share = trials === 0 ? 1 : holes / trials;
  const low = (mean ?? 0) * (1 - share);
  return { low, high: low + share };
}

/** Whether the trial has a verdict. */
export function isMeasured({ status }: TrialResult): boolean {
  return status !== 'errored';
}

function isScored(trial: TrialResult): boolean {
  return (
    isMeasured(trial) && !trial.evaluations.some(({ status, weight }) => status === 'error' && weight > 0)
  );
}

function measurement(values: readonly number[], trials: number): Measurement {
  const mean = values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, trials, holes: trials - values.length };
}
