import { byCase } from '../model/caseTrials.ts';
import type { CaseChange, CaseComparison, CaseSide } from '../model/comparison.ts';
import type { TrialResult } from '../model/result.ts';
import { caseSide } from './caseSide.ts';

/** Beyond this, a case has become better or worse. */
const CHANGE = 0.05;
/** Scores are sums of weighted scores: rounding must not decide. */
const ROUNDING = 1e-9;

/** One target of the baseline and the target of the candidate that it is held against. */
export interface TargetPair {
  baseline: string;
  candidate: string;
}

/** Stored results of one side, in the store's order (target, case, trial). */
export interface SideResults {
  results(): Iterable<TrialResult>;
  /** SHA-256 of what the case asks and expects; undefined when it is not known. */
  contentOf(caseIndex: number): string | undefined;
}

export interface Pairing {
  cases: CaseComparison[];
  baselineOnly: number;
  candidateOnly: number;
  changedContent: number;
}

/**
 * Pairs two sides by target and case id. Cases of one side only, and cases whose content differs, are counted
 * and left out. One pass over each side; holds figures of a case, not its outputs.
 */
export function pairCases(
  baseline: SideResults,
  candidate: SideResults,
  targets: readonly TargetPair[],
): Pairing {
  const before = new Map<string, { side: CaseSide; content: string | undefined }>();
  const partnerOf = new Map(targets.map((pair) => [pair.candidate, pair.baseline]));
  const wanted = new Set(targets.map((pair) => pair.baseline));
  for (const trials of byCase(baseline.results())) {
    const [{ target, caseId, caseIndex }] = trials;
    if (!wanted.has(target)) continue;
    before.set(key(target, caseId), { side: caseSide(trials), content: baseline.contentOf(caseIndex) });
  }
  const pairing: Pairing = { cases: [], baselineOnly: 0, candidateOnly: 0, changedContent: 0 };
  for (const trials of byCase(candidate.results())) {
    const [{ target, caseId, caseIndex }] = trials;
    const partner = partnerOf.get(target);
    if (partner === undefined) continue;
    const found = before.get(key(partner, caseId));
    before.delete(key(partner, caseId));
    if (!found) pairing.candidateOnly += 1;
    else if (found.content !== candidate.contentOf(caseIndex)) pairing.changedContent += 1;
    else pairing.cases.push(compareCase(found.side, trials));
  }
  pairing.baselineOnly = before.size;
  return pairing;
}

/** One case under both sides; `trials` are the candidate's. */
export function compareCase(
  baseline: CaseSide,
  trials: readonly [TrialResult, ...TrialResult[]],
): CaseComparison {
  const [{ caseId, caseIndex, cluster, tags }] = trials;
  const candidate = caseSide(trials);
  const passDifference = difference(baseline.passShare, candidate.passShare);
  const scoreDifference = passDifference === null ? null : difference(baseline.score, candidate.score);
  return {
    caseId,
    caseIndex,
    ...(cluster === undefined ? {} : { cluster }),
    tags,
    baseline,
    candidate,
    passDifference,
    scoreDifference,
    change: changeOf(scoreDifference ?? passDifference),
  };
}

function changeOf(value: number | null): CaseChange {
  if (value === null) return 'unmeasured';
  if (value > CHANGE + ROUNDING) return 'improved';
  return value < -CHANGE - ROUNDING ? 'degraded' : 'neutral';
}

function difference(before: number | null, after: number | null): number | null {
  return before === null || after === null ? null : after - before;
}

function key(target: string, caseId: string): string {
  return `${target}\0${caseId}`;
}
