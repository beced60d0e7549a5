import type { CaseSide } from '../model/comparison.ts';
import type { TrialResult } from '../model/result.ts';

/** Adds up the trials of one case on one side; at least one. Trials are averaged before anything is compared. */
export function caseSide(trials: readonly [TrialResult, ...TrialResult[]]): CaseSide {
  const passed = trials.filter(({ status }) => status === 'passed').length;
  const errored = trials.filter(({ status }) => status === 'errored').length;
  const told = trials.find(({ status }) => status !== 'passed') ?? trials[0];
  const complete = trials.filter(({ output }) => output.status === 'complete');
  return {
    target: trials[0].target,
    trials: trials.length,
    passed,
    errored,
    passShare: errored === trials.length ? null : passed / trials.length,
    score: mean(trials.map(({ score }) => score).filter((score) => score !== null)),
    costUsd: meanOfAll(trials.map(({ output }) => output.costUsd)),
    tokens: meanOfAll(trials.map(tokensOf)),
    latencyMs: mean(complete.map(({ output }) => output.latencyMs)),
    reason: told.reason,
    trial: told.trial,
    traceId: told.traceId,
  };
}

function tokensOf({ output: { usage } }: TrialResult): number | null {
  return usage ? usage.inputTokens + usage.outputTokens : null;
}

/** Null when any value is unknown: a mean over the known ones would flatter the side. */
function meanOfAll(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === values.length ? mean(known) : null;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
