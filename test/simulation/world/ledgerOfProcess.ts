import type { BudgetLedger } from '../../../src/engine/resilience/budget/hourlyLedger.ts';

/** A process that ended has written all that it ever will. */
export class Ended extends Error {}

/** The shared ledger as one process sees it, which ends before or after its nth write: in between there is nothing. */
export class LedgerOfProcess implements BudgetLedger {
  readonly #shared: BudgetLedger;
  readonly #ends: { atWrite: number; before: boolean } | null;
  readonly #onEnd: () => void;
  #writes = 0;
  #ended = false;

  constructor(shared: BudgetLedger, ends: { atWrite: number; before: boolean } | null, onEnd: () => void) {
    this.#shared = shared;
    this.#ends = ends;
    this.#onEnd = onEnd;
  }

  reserve(...args: Parameters<BudgetLedger['reserve']>): ReturnType<BudgetLedger['reserve']> {
    return this.#write(() => this.#shared.reserve(...args));
  }

  settle(...args: Parameters<BudgetLedger['settle']>): void {
    this.#write(() => this.#shared.settle(...args));
  }

  correct(...args: Parameters<BudgetLedger['correct']>): void {
    this.#write(() => this.#shared.correct(...args));
  }

  used(...args: Parameters<BudgetLedger['used']>): ReturnType<BudgetLedger['used']> {
    if (this.#ended) throw new Ended();
    return this.#shared.used(...args);
  }

  #write<T>(write: () => T): T {
    if (this.#ended) throw new Ended();
    this.#writes += 1;
    const isLast = this.#writes === this.#ends?.atWrite;
    if (isLast && this.#ends?.before) this.#end();
    const written = write();
    if (isLast) this.#end();
    return written;
  }

  #end(): never {
    this.#ended = true;
    this.#onEnd();
    throw new Ended();
  }
}
