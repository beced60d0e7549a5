import { hash } from 'node:crypto';
import type { CaseTrials } from '../../model/caseTrials.ts';
import type { CaseSide } from '../../model/comparison.ts';
import { canonicalJson } from '../../model/json.ts';
import type { Output } from '../../model/output.ts';
import type { TrialResult } from '../../model/result.ts';
import { absentSide, caseSide } from '../pairs/caseSide.ts';

/** One side of a case that is to be paired. */
export interface CaseHalf {
  identity: Pick<TrialResult, 'caseId' | 'caseIndex' | 'cluster' | 'tags'>;
  side: CaseSide;
  /** SHA-256 over what its trials gave, in order; null where nothing was run. */
  outputs: string | null;
}

/** All trials of a case at one target, of `planned`. */
export function caseHalf(trials: CaseTrials, planned?: number): CaseHalf {
  return {
    identity: trials[0],
    side: caseSide(trials, planned),
    outputs: hash('sha256', canonicalJson(trials.map(({ output }) => contentOf(output))), 'hex'),
  };
}

/** The side of `other`'s case that was to be run and was not. */
export function missingHalf(other: CaseHalf, target: string, planned = other.side.trials): CaseHalf {
  return { identity: other.identity, side: absentSide(target, planned), outputs: null };
}

/** What the target said; not how long it took, nor what it cost. */
function contentOf(output: Output) {
  const { status, text, toolCalls } = output;
  return { status, text, toolCalls, json: output.status === 'complete' ? output.json : undefined };
}
