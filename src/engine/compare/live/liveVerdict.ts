import type { CaseComparison, ComparisonWord } from '../../model/comparison.ts';
import { SequentialTally } from '../sequential/sequentialTally.ts';
import { PairOrder } from './pairOrder.ts';

/** No comparison ends itself before this many clusters: a verdict on a handful of requests convinces nobody. */
const LEAST_CLUSTERS = 20;

export interface LivePair {
  /** Its place among the requests of the comparison. */
  position: number;
  compared: CaseComparison;
  /** Both sides asked the very same thing. */
  same: boolean;
}

export interface LiveVerdictOptions {
  /** Non-inferiority and equivalence margin, 0–1. */
  margin: number;
  /** Both targets are the very same thing. */
  same: boolean;
}

/** Follows a comparison of live pairs: it may be looked at at any time, and is settled once a word other than undecided is shown. */
export class LiveVerdict {
  readonly #same: boolean;
  readonly #tally: SequentialTally;
  readonly #order: PairOrder<LivePair>;
  #differs = false;
  #settled = false;

  constructor({ margin, same }: LiveVerdictOptions) {
    this.#same = same;
    this.#tally = new SequentialTally(margin);
    this.#order = new PairOrder((pairs) => this.#look(pairs));
  }

  /** Of what counts so far. */
  get word(): ComparisonWord {
    // Nothing tells a target from itself, so whatever differs is chance.
    return this.#same || !this.#differs ? 'undecided' : this.#tally.word;
  }

  /** Stays as it is from then on. */
  get settled(): boolean {
    return this.#settled;
  }

  /** How many count. */
  get clusters(): number {
    return this.#tally.clusters;
  }

  add(pair: LivePair): void {
    const { position, compared } = pair;
    this.#order.add({ position, cluster: compared.cluster, pair });
  }

  /** No pair comes of the request at this position. */
  skip(position: number): void {
    this.#order.skip(position);
  }

  #look(pairs: readonly LivePair[]): void {
    if (this.#settled) return;
    this.#differs ||= pairs.some(({ same }) => !same);
    this.#tally.add(pairs.map(({ compared }) => compared));
    this.#settled = this.clusters >= LEAST_CLUSTERS && this.word !== 'undecided';
  }
}
