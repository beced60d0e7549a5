import type { Evaluation, Stage } from '../../../../src/engine/model/evaluation.ts';
import type { TrialResult } from '../../../../src/engine/model/result.ts';
import { complete, trialResult } from '../../../support/runFixtures.ts';

type Scored = Extract<Evaluation, { status: 'scored' }>;

/** An evaluation that scored; it passes from 0.5 on. */
export function scored(name: string, stage: Stage, score: number, more: Partial<Scored> = {}): Scored {
  return {
    ...{ name, type: name, stage, weight: 1, latencyMs: 1, reason: '', status: 'scored' },
    ...{ score, pass: score >= 0.5 },
    ...more,
  };
}

/** One that could not measure. */
export function broken(name: string, stage: Stage, weight = 1): Evaluation {
  return { name, type: name, stage, weight, latencyMs: 1, reason: 'down', status: 'error' };
}

/** One that does not apply. */
export function skipped(name: string, stage: Stage): Evaluation {
  return { name, type: name, stage, weight: 1, latencyMs: 1, reason: '', status: 'skipped' };
}

/** One output of a case. */
export function judgedResult(
  caseIndex: number,
  evaluations: Evaluation[],
  { text = `t${caseIndex}`, ...more }: Partial<TrialResult> & { text?: string } = {},
): TrialResult {
  return { ...trialResult({ caseIndex, evaluations, output: complete(text) }), ...more };
}
