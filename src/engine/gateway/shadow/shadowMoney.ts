import type { FinishedExchange } from '../exchange/finishedExchange.ts';

/** What a shadow has spent, in US dollars. A call of unknown cost counts as a typical one. */
export class ShadowMoney {
  #knownUsd: number;
  #known: number;
  #primaryUsd = 0;
  #primary = 0;
  #unpriced: number;

  constructor({ costUsd, priced, unpriced }: { costUsd: number; priced: number; unpriced: number }) {
    this.#knownUsd = costUsd;
    this.#known = priced;
    this.#unpriced = unpriced;
  }

  /** Of the candidate, for one request. One that failed has cost nothing that is known of. */
  add(calls: readonly FinishedExchange[]): void {
    for (const { costUsd, ending } of calls) {
      if (costUsd !== null) {
        this.#knownUsd += costUsd;
        this.#known += 1;
      } else if (ending === 'done') this.#unpriced += 1;
    }
  }

  addPrimary({ costUsd }: FinishedExchange): void {
    if (costUsd === null) return;
    this.#primaryUsd += costUsd;
    this.#primary += 1;
  }

  /** Of a call; that of the primary where none of the candidate's is known. Null where neither is. */
  get typicalUsd(): number | null {
    if (this.#known > 0) return this.#knownUsd / this.#known;
    return this.#primary > 0 ? this.#primaryUsd / this.#primary : null;
  }

  get spentUsd(): number {
    return this.#knownUsd + this.#unpriced * (this.typicalUsd ?? 0);
  }

  get figures(): { costUsd: number; priced: number; unpriced: number } {
    return { costUsd: this.#knownUsd, priced: this.#known, unpriced: this.#unpriced };
  }
}
