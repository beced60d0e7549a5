import type { CaseComparison } from '../../model/comparison.ts';
import type { TrialResult } from '../../model/result.ts';
import { caseHalf } from '../sides/caseHalf.ts';
import { compareCase, type TargetPair } from './pairCases.ts';

type Trials = [TrialResult, ...TrialResult[]];

/**
 * Pairs cases while their results come in, each as soon as all trials of both sides are there. What it gives is
 * for looking at: nothing may be tested before the end of a comparison.
 */
export class LivePairs {
  readonly #repeat: number;
  /** Candidate's target → the baseline's. */
  readonly #partners: Map<string, string>;
  readonly #baselines: Set<string>;
  readonly #before = new Map<string, Trials>();
  readonly #after = new Map<string, Trials>();

  constructor(pairs: readonly TargetPair[], repeat: number) {
    this.#repeat = repeat;
    this.#partners = new Map(pairs.map(({ baseline, candidate }) => [candidate, baseline]));
    this.#baselines = new Set(pairs.map(({ baseline }) => baseline));
  }

  /** Results of the baseline that are stored already. */
  addBaseline(results: Iterable<TrialResult>): void {
    for (const result of results)
      if (this.#baselines.has(result.target)) put(this.#before, keyOf(result.target, result), result);
  }

  /** Results of the run under way, of either side; returns the cases that are complete with them. */
  add(results: readonly TrialResult[], baselineStored: boolean): CaseComparison[] {
    const touched = new Set<string>();
    for (const result of results) {
      const partner = this.#partners.get(result.target);
      if (!baselineStored && this.#baselines.has(result.target)) {
        put(this.#before, keyOf(result.target, result), result);
        touched.add(keyOf(result.target, result));
      }
      if (partner === undefined) continue;
      put(this.#after, keyOf(partner, result), result);
      touched.add(keyOf(partner, result));
    }
    return [...touched].flatMap((key) => this.#take(key, baselineStored) ?? []);
  }

  #take(key: string, baselineStored: boolean): CaseComparison | undefined {
    const [before, after] = [this.#before.get(key), this.#after.get(key)];
    if (!before || !after || after.length < this.#repeat) return undefined;
    // A stored run may have had other trials; it is whole.
    if (!baselineStored && before.length < this.#repeat) return undefined;
    this.#before.delete(key);
    this.#after.delete(key);
    return compareCase(caseHalf(inOrder(before)), caseHalf(inOrder(after), this.#repeat));
  }
}

/** Both sides of a pair go by the baseline's target. */
function keyOf(target: string, { caseId }: TrialResult): string {
  return `${target}\0${caseId}`;
}

function put(trialsOf: Map<string, Trials>, key: string, result: TrialResult): void {
  const trials = trialsOf.get(key);
  if (trials) trials.push(result);
  else trialsOf.set(key, [result]);
}

function inOrder(trials: Trials): Trials {
  return trials.sort((a, b) => a.trial - b.trial);
}
