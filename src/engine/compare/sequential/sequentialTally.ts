import type { CaseComparison, ComparisonWord, MetricName } from '../../model/comparison.ts';
import { BettingTest } from '../../statistics/betting.ts';
import { holm } from '../../statistics/holm.ts';
import { differencesOf, type Filling, hasHole, metricPairs } from '../pairs/differences.ts';
import { type WordGrounds, wordFor } from '../verdict/comparisonWord.ts';

const METRICS = ['pass', 'score'] as const;

/**
 * The word of a sequential comparison, cluster by cluster. It is the word that `compareCases` finds over all of them; what each
 * cluster adds is worked out once, so that a look takes the same short time however many there are.
 */
export class SequentialTally {
  readonly #fillings: readonly (readonly MetricTally[])[];
  #hasHoles = false;
  #clusters = 0;

  /** `margin`: non-inferiority and equivalence margin, 0–1. */
  constructor(margin: number) {
    const tallies = (filling: Filling) => METRICS.map((metric) => new MetricTally(metric, filling, margin));
    this.#fillings = [tallies('measured'), tallies('against'), tallies('for')];
  }

  get clusters(): number {
    return this.#clusters;
  }

  /** The cases of one cluster, all of them. */
  add(cases: readonly CaseComparison[]): void {
    this.#clusters += 1;
    this.#hasHoles ||= cases.some(hasHole);
    for (const tally of this.#fillings.flat()) tally.add(cases);
  }

  /** Undecided unless it holds whatever the missing measurements would have been. */
  get word(): ComparisonWord {
    const [measured = []] = this.#fillings;
    const word = wordOf(measured);
    if (!this.#hasHoles) return word;
    return this.#fillings.every((tallies) => wordOf(tallies) === word) ? word : 'undecided';
  }
}

function wordOf(tallies: readonly MetricTally[]): ComparisonWord {
  const tested = tallies.flatMap((tally) => tally.tested ?? []);
  const adjusted = holm(tested.map(({ p }) => p));
  return wordFor(tested.map((one, at) => ({ ...one, adjustedP: adjusted[at] ?? 1 })));
}

/** One metric, as `compareSequentially` measures it. */
class MetricTally {
  readonly #metric: MetricName;
  readonly #filling: Filling;
  readonly #margin: number;
  readonly #test = new BettingTest();
  #sum = 0;
  #n = 0;

  constructor(metric: MetricName, filling: Filling, margin: number) {
    this.#metric = metric;
    this.#filling = filling;
    this.#margin = margin;
  }

  add(cases: readonly CaseComparison[]): void {
    const found = differencesOf(metricPairs(cases, this.#metric, { filling: this.#filling }));
    if (!found) return;
    for (const { sum, n } of found.clusters) {
      this.#test.add(sum / n);
      this.#sum += sum;
      this.#n += n;
    }
  }

  /** Null without a measured pair. */
  get tested(): (Omit<WordGrounds, 'adjustedP'> & { p: number }) | null {
    if (this.#n === 0) return null;
    const difference = this.#sum / this.#n;
    const { atMost, atLeast } = this.#test.pValues(0);
    return {
      difference,
      p: difference === 0 ? 1 : Math.min(1, 2 * (difference > 0 ? atMost : atLeast)),
      nonInferiorityP: this.#test.pValues(-this.#margin).atMost,
      nonSuperiorityP: this.#test.pValues(this.#margin).atLeast,
    };
  }
}
