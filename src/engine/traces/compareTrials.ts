import { fisherExact } from '../statistics/fisherExact.ts';
import { holm } from '../statistics/holm.ts';
import { rankSum } from '../statistics/rankSum.ts';
import { type Pair, pairOf } from './compareTraces.ts';
import type { TraceTrial } from './traceSteps.ts';

/** How often a step was made in the trials of either side. */
export interface StepFrequency {
  /** `tool lookup_order`, `model`; ` (2)` for a second time within a trial, and so on. */
  step: string;
  left: { trials: number; of: number };
  right: { trials: number; of: number };
  /** Fisher's exact test, corrected after Holm over all steps and measures. */
  p: number;
  verdict: 'more often' | 'less often' | 'undecided';
}

/** A measure over the trials of either side. */
export interface TrialMeasure {
  measure: 'steps' | 'tokens' | 'costUsd' | 'durationMs';
  /** Medians of the trials in which it is known. */
  median: Pair;
  /** The rank-sum test, corrected as above; null where it is unknown on a side. */
  p: number | null;
  verdict: 'higher' | 'lower' | 'undecided';
}

export interface TrialComparison {
  trials: { left: number; right: number };
  steps: StepFrequency[];
  measures: TrialMeasure[];
}

const ALPHA = 0.05;
const MEASURES = ['steps', 'tokens', 'costUsd', 'durationMs'] as const;

/** Which steps and measures of a case changed between two versions, over several independent trials of each. */
export function compareTrials(left: readonly TraceTrial[], right: readonly TraceTrial[]): TrialComparison {
  const [before, after] = [left.map(occurrences), right.map(occurrences)];
  const names = [...new Set([...before, ...after].flatMap((trial) => [...trial]))];
  const counts = names.map((step) => ({
    step,
    left: { trials: before.filter((trial) => trial.has(step)).length, of: left.length },
    right: { trials: after.filter((trial) => trial.has(step)).length, of: right.length },
  }));
  const values = MEASURES.map((measure) => ({
    measure,
    left: left.flatMap((trial) => measureOf(trial, measure) ?? []),
    right: right.flatMap((trial) => measureOf(trial, measure) ?? []),
  }));

  const known = values.filter((one) => one.left.length > 0 && one.right.length > 0);
  const corrected = holm([
    ...counts.map((one) =>
      fisherExact({ hits: one.left.trials, n: one.left.of }, { hits: one.right.trials, n: one.right.of }),
    ),
    ...known.map((one) => rankSum(one.left, one.right)),
  ]);

  return {
    trials: { left: left.length, right: right.length },
    steps: counts.map((one, index) => withVerdict(one, corrected[index] ?? 1)),
    measures: values.map((one) => {
      const index = known.indexOf(one);
      return measured(one, index === -1 ? null : (corrected[counts.length + index] ?? 1));
    }),
  };
}

function withVerdict(one: Omit<StepFrequency, 'p' | 'verdict'>, p: number): StepFrequency {
  const difference = one.right.trials / one.right.of - one.left.trials / one.left.of;
  const verdict = p >= ALPHA ? 'undecided' : difference > 0 ? 'more often' : 'less often';
  return { ...one, p, verdict };
}

function measured(
  { measure, left, right }: { measure: TrialMeasure['measure']; left: number[]; right: number[] },
  p: number | null,
): TrialMeasure {
  const median = pairOf(medianOf(left), medianOf(right));
  const { difference } = median;
  const decided = p !== null && p < ALPHA && difference !== null && difference !== 0;
  return { measure, median, p, verdict: !decided ? 'undecided' : difference > 0 ? 'higher' : 'lower' };
}

/** Each step with how often it was made before it in the same trial. */
function occurrences({ steps }: TraceTrial): Set<string> {
  const seen = new Map<string, number>();
  return new Set(
    steps.map(({ key }) => {
      const times = (seen.get(key) ?? 0) + 1;
      seen.set(key, times);
      return times === 1 ? key : `${key} (${times})`;
    }),
  );
}

function measureOf(trial: TraceTrial, measure: TrialMeasure['measure']): number | null {
  return measure === 'steps' ? trial.steps.length : trial[measure];
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
