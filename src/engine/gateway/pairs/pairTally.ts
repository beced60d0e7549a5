import { SAME } from '../../compare/live/liveComparison.ts';
import { LiveVerdict } from '../../compare/live/liveVerdict.ts';
import { compareCase } from '../../compare/pairs/pairCases.ts';
import { caseHalf } from '../../compare/sides/caseHalf.ts';
import type { LocatedCase } from '../../model/case.ts';
import type { ComparisonWord } from '../../model/comparison.ts';
import { counted, formatCost } from '../../model/figures.ts';
import type { TrialResult } from '../../model/result.ts';
import type { LiveOrigin } from '../../model/run.ts';
import type { ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { PairEnding } from './pairLog.ts';
import type { PairTargets } from './pendingPair.ts';

/** What stored pairs have come to: how many, at what cost, and the verdict so far. */
export class PairTally {
  readonly #targets: PairTargets;
  readonly #verdict: LiveVerdict;
  #pairs = 0;
  #candidateUsd = 0;
  #judgeUsd = 0;

  constructor(live: LiveOrigin, targets: PairTargets) {
    this.#targets = targets;
    this.#verdict = new LiveVerdict(live);
  }

  get pairs(): number {
    return this.#pairs;
  }

  get judgeUsd(): number {
    return this.#judgeUsd;
  }

  /** Null before the first pair. */
  get word(): ComparisonWord | null {
    return this.#pairs === 0 ? null : this.#verdict.word;
  }

  add({ index, case: entry }: LocatedCase, results: readonly TrialResult[]): void {
    const of = (name: string) => results.find(({ target }) => target === name);
    const [before, after] = [of(this.#targets.baseline), of(this.#targets.candidate)];
    if (!before || !after) return;

    this.#pairs += 1;
    this.#candidateUsd += after.output.costUsd ?? 0;
    for (const evaluation of results.flatMap(({ evaluations }) => evaluations))
      if (evaluation.status !== 'skipped') this.#judgeUsd += evaluation.costUsd ?? 0;

    this.#verdict.add({
      position: index,
      compared: compareCase(caseHalf([before]), caseHalf([after])),
      same: entry.metadata?.[SAME] === true,
    });
  }

  /** No pair comes of this request. */
  skip(position: number): void {
    this.#verdict.skip(position);
  }

  /** Why no more pairs are needed; undefined while they are. */
  ending({ maxPairs, maxCostUsd }: ShadowConfig): PairEnding | undefined {
    const { settled, word, clusters } = this.#verdict;
    const pairs = counted(this.#pairs, 'pair');
    if (settled) return { reason: `${word}: the verdict was clear after ${pairs}`, clusters };
    if (this.#pairs >= maxPairs) return { reason: `${pairs} were compared, as many as were asked for` };

    const spent = this.#candidateUsd + this.#judgeUsd;
    if (maxCostUsd === undefined || spent < maxCostUsd) return undefined;
    return { reason: `${formatCost(spent)} of at most ${formatCost(maxCostUsd)} were spent after ${pairs}` };
  }
}
