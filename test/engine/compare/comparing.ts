import type { TargetPair } from '../../../src/engine/compare/pairs/pairCases.ts';
import { pairCases } from '../../../src/engine/compare/pairs/pairCases.ts';
import type { CaseComparison } from '../../../src/engine/model/comparison.ts';
import type { TrialResult } from '../../../src/engine/model/result.ts';
import { complete, trialResult } from '../../support/runFixtures.ts';

export const PAIR: TargetPair = { baseline: 'before', candidate: 'after' };

/** What one case came to on both sides; null is an error. */
export interface Outcome {
  before: number | null;
  after: number | null;
  cluster?: string;
  tags?: string[];
  cost?: [number | null, number | null];
  /** Both sides answer the same. */
  sameOutput?: true;
}

/** Results of both sides, one trial a case: a score of at least 0.5 passes. */
export function resultsOf(outcomes: readonly Outcome[]): TrialResult[] {
  const side = (target: 'before' | 'after') =>
    outcomes.map((outcome, caseIndex) => result(target, outcome, caseIndex));
  return [...side('before'), ...side('after')];
}

function result(target: 'before' | 'after', outcome: Outcome, caseIndex: number): TrialResult {
  const score = outcome[target];
  const costUsd = outcome.cost?.[target === 'before' ? 0 : 1] ?? null;
  return trialResult({
    target,
    caseIndex,
    score,
    status: score === null ? 'errored' : score >= 0.5 ? 'passed' : 'failed',
    output: complete(outcome.sameOutput ? 'text' : target, {
      costUsd,
      latencyMs: target === 'before' ? 100 : 110,
    }),
    tags: outcome.tags ?? [],
    ...(outcome.cluster === undefined ? {} : { cluster: outcome.cluster }),
  });
}

export function casesOf(outcomes: readonly Outcome[]): CaseComparison[] {
  const results = resultsOf(outcomes);
  const side = { results: () => results, contentOf: () => '' };
  return pairCases(side, side, [PAIR]).cases;
}

/** `count` cases with this outcome. */
export function times(count: number, outcome: Outcome): Outcome[] {
  return Array.from({ length: count }, () => outcome);
}
