import { byCase } from '../../model/caseTrials.ts';
import type { CaseChange, CaseComparison } from '../../model/comparison.ts';
import { defined } from '../../model/defined.ts';
import type { TrialResult } from '../../model/result.ts';
import { type CaseHalf, caseHalf, missingHalf } from '../sides/caseHalf.ts';

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
  /** Where absent, nothing more was planned than there is. */
  planned?: PlannedSideResults;
}

export interface PlannedSideResults {
  /** Trials of each case. */
  repeat: number;
  /**
   * Everything that was planned is stored: a case that is not there never belonged to this side. Where it is not
   * whole, such a case could not be measured.
   */
  whole: boolean;
}

export interface Pairing {
  cases: CaseComparison[];
  baselineOnly: number;
  candidateOnly: number;
  changedContent: number;
}

/**
 * Pairs two sides by target and case id. A case of one side only is unmeasured on the other where that was not run
 * to its end. Other cases of one side only, and cases whose content differs, are counted and left out. One pass
 * over each side; holds figures of a case, not its outputs.
 */
export function pairCases(
  baseline: SideResults,
  candidate: SideResults,
  targets: readonly TargetPair[],
): Pairing {
  const before = new Map<string, { half: CaseHalf; content: string | undefined; partner: string }>();
  const partnerOf = new Map(targets.map((pair) => [pair.candidate, pair.baseline]));
  const candidateOf = new Map(targets.map((pair) => [pair.baseline, pair.candidate]));
  const planned = candidate.planned?.repeat;
  for (const trials of byCase(baseline.results())) {
    const [{ target, caseId, caseIndex }] = trials;
    const partner = candidateOf.get(target);
    if (partner === undefined) continue;

    const half = caseHalf(trials, baseline.planned?.repeat);
    before.set(key(target, caseId), { half, content: baseline.contentOf(caseIndex), partner });
  }

  const pairing: Pairing = { cases: [], baselineOnly: 0, candidateOnly: 0, changedContent: 0 };
  for (const trials of byCase(candidate.results())) {
    const [{ target, caseId, caseIndex }] = trials;
    const partner = partnerOf.get(target);
    if (partner === undefined) continue;

    const found = before.get(key(partner, caseId));
    before.delete(key(partner, caseId));
    const half = caseHalf(trials, planned);
    if (found && found.content !== candidate.contentOf(caseIndex)) pairing.changedContent += 1;
    else if (found) pairing.cases.push(compareCase(found.half, half));
    else if (baseline.planned?.whole ?? true) pairing.candidateOnly += 1;
    else pairing.cases.push(compareCase(missingHalf(half, partner, baseline.planned?.repeat), half));
  }

  for (const { half, partner } of before.values()) {
    if (candidate.planned?.whole ?? true) pairing.baselineOnly += 1;
    else pairing.cases.push(compareCase(half, missingHalf(half, partner, planned)));
  }

  return pairing;
}

/** One case under both sides. */
export function compareCase(baseline: CaseHalf, candidate: CaseHalf): CaseComparison {
  const { caseId, caseIndex, cluster, tags } = candidate.identity;
  const [before, after] = [baseline.side, candidate.side];
  const passDifference = difference(before.passShare, after.passShare);
  const scoreDifference = passDifference === null ? null : difference(before.score, after.score);
  return {
    caseId,
    caseIndex,
    ...defined({ cluster }),
    tags,
    baseline: before,
    candidate: after,
    passDifference,
    scoreDifference,
    change: changeOf(scoreDifference ?? passDifference),
    sameOutput: baseline.outputs !== null && baseline.outputs === candidate.outputs,
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
