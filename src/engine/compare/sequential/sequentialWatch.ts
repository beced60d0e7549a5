import type { CaseComparison } from '../../model/comparison.ts';
import type { TrialResult } from '../../model/result.ts';
import { type CompareOptions, wordSoFar } from '../pairs/compareCases.ts';
import { pairCases, type TargetPair } from '../pairs/pairCases.ts';

/** The next look is taken when the cases have grown by this share: any schedule of looks is valid. */
const LOOK_AFTER = 1.05;
/** No look before this many clusters: nothing can be shown with fewer. */
const FIRST_LOOK = 8;

export interface WatchOptions {
  /** Case ids of each cluster, in the order drawn. */
  clusters: readonly (readonly string[])[];
  pairs: readonly TargetPair[];
  /** Trials of each case. */
  repeat: number;
  compare: Omit<CompareOptions, 'sequential'>;
}

/**
 * Follows a comparison while its results come in and says when the verdict is settled. Clusters count in the
 * order drawn, each when it and all before it are complete, so that quick or lucky cases do not come first.
 */
export class SequentialWatch {
  readonly #options: WatchOptions;
  readonly #waiting = new Map<string, TrialResult[]>();
  readonly #cases: CaseComparison[] = [];
  readonly #looked: string[] = [];
  #next = 0;
  #lookAt = FIRST_LOOK;
  #settled = false;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** True from the moment that a word other than undecided is shown. */
  get settled(): boolean {
    return this.#settled;
  }

  /** Ids of the cases looked at, in the order drawn. */
  get caseIds(): readonly string[] {
    return this.#looked;
  }

  add(results: readonly TrialResult[]): void {
    if (this.#settled) return;
    for (const result of results) {
      const key = `${result.target}\0${result.caseId}`;
      const trials = this.#waiting.get(key);
      if (trials) trials.push(result);
      else this.#waiting.set(key, [result]);
    }
    while (!this.#settled && this.#takeCluster()) this.#look();
  }

  /** Takes the next cluster when all of its trials are there. */
  #takeCluster(): boolean {
    const ids = this.#options.clusters[this.#next];
    if (!ids) return false;
    const { pairs, repeat } = this.#options;
    const targets = pairs.flatMap(({ baseline, candidate }) => [baseline, candidate]);
    const keys = ids.flatMap((id) => targets.map((target) => `${target}\0${id}`));
    if (keys.some((key) => (this.#waiting.get(key)?.length ?? 0) < repeat)) return false;
    const results = keys.flatMap((key) =>
      (this.#waiting.get(key) ?? []).toSorted((a, b) => a.trial - b.trial),
    );
    for (const key of keys) this.#waiting.delete(key);
    const side = { results: () => results, contentOf: () => '' };
    this.#cases.push(...pairCases(side, side, pairs).cases);
    this.#looked.push(...ids);
    this.#next += 1;
    return true;
  }

  #look(): void {
    const isLast = this.#next === this.#options.clusters.length;
    // A target against itself is never decided, so there is nothing to stop for.
    if (this.#options.compare.same || (this.#next < this.#lookAt && !isLast)) return;
    this.#lookAt = Math.ceil(this.#next * LOOK_AFTER);
    this.#settled =
      wordSoFar(this.#cases, {
        ...this.#options.compare,
        sequential: true,
        partial: true,
      }) !== 'undecided';
  }
}
