import type { CaseSide } from '../../model/comparison.ts';
import { measurePasses, measureScores } from '../../model/measurement.ts';
import type { TrialResult } from '../../model/result.ts';

/**
 * Adds up the trials of one case on one side; at least one, of `planned`. Trials are averaged before anything is
 * compared.
 */
export function caseSide(
  trials: readonly [TrialResult, ...TrialResult[]],
  planned: number = trials.length,
): CaseSide {
  const pass = measurePasses(trials, planned);
  const score = measureScores(trials, planned);
  const shown = trials.find(({ status }) => status !== 'passed') ?? trials[0];
  const whole = trials.length >= planned && trials.every(isOwn);
  const mean = (of: (trial: TrialResult) => number | null) => (whole ? meanOfAll(trials.map(of)) : null);

  return {
    target: trials[0].target,
    trials: pass.trials,
    passed: trials.filter(({ status }) => status === 'passed').length,
    errored: trials.filter(({ status }) => status === 'errored').length,
    unmeasured: pass.holes,
    unscored: score.holes,
    passShare: pass.mean,
    score: score.mean,
    costUsd: mean(({ output }) => output.costUsd),
    tokens: mean(tokensOf),
    latencyMs: mean(({ output }) => output.latencyMs),
    reason: shown.reason,
    trial: shown.trial,
    traceId: shown.traceId,
  };
}

/** A side that was to be run and has no result: all of it is unmeasured. */
export function absentSide(target: string, planned: number): CaseSide {
  return {
    target,
    trials: planned,
    passed: 0,
    errored: 0,
    unmeasured: planned,
    unscored: planned,
    passShare: null,
    score: null,
    costUsd: null,
    tokens: null,
    latencyMs: null,
    reason: 'not run',
    trial: 0,
    traceId: '',
  };
}

/** What a cache or another model gave says nothing of what the target costs, and how long it takes. */
function isOwn({ output }: TrialResult): boolean {
  return output.status === 'complete' && output.source === undefined;
}

function tokensOf({ output: { usage } }: TrialResult): number | null {
  return usage ? usage.inputTokens + usage.outputTokens : null;
}

/** Null when any value is unknown: a mean over the known ones would flatter the side. */
function meanOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}
