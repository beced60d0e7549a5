import type { LocatedCase } from '../../model/case.ts';
import { chosenBatches } from '../chosenBatches.ts';
import type { Dispatch } from '../execution/dispatch.ts';
import type { Ending } from '../execution/ending.ts';
import type { RunInputs } from '../execution/runInputs.ts';
import type { OrderedTrials } from '../ordered/orderedTrials.ts';
import type { PendingTrials } from '../pending/pendingTrials.ts';
import type { TicketBook } from './ticketBook.ts';

interface ScheduleOptions {
  inputs: RunInputs;
  book: TicketBook;
  dispatch: Dispatch;
  ending: Ending;
  /** Undefined where no case depends on another. */
  ordered: OrderedTrials | undefined;
  pending: PendingTrials;
}

/**
 * Reads cases from their source and puts their trials in line: those of most cases are free, some keep an order because
 * they read what others gave, and some wait for all targets before they are evaluated. No line grows long.
 */
export class Schedule {
  readonly #options: ScheduleOptions;

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Resolves when everything is in line, or when the attempt ends. */
  async run(): Promise<void> {
    const { inputs, ending } = this.#options;
    const { signal } = ending;
    for await (const batch of chosenBatches(inputs, signal))
      for (const located of batch) {
        if (signal.aborted) return;
        const room = this.#take(located);
        if (room) await room;
      }
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    const { ordered, dispatch } = this.#options;
    return (ordered?.clear() ?? 0) + dispatch.clear();
  }

  /** Undefined where the next case may come at once; otherwise resolves when it may. */
  #take(located: LocatedCase): Promise<void> | undefined {
    const { book, ordered } = this.#options;
    if (ordered) return this.#takeInOrder(ordered, located);
    return book.hasCase(located) ? undefined : this.#admit(located);
  }

  async #takeInOrder(ordered: OrderedTrials, located: LocatedCase): Promise<void> {
    await ordered.room(located);
    await this.#admit(located);
  }

  #admit(located: LocatedCase): Promise<void> | undefined {
    const { dispatch, ending } = this.#options;
    if (!ending.admits()) return undefined;
    this.#push(located);
    return dispatch.room();
  }

  #push(located: LocatedCase): void {
    const { inputs, book, dispatch, ordered, pending } = this.#options;
    if (ordered?.orders(located)) ordered.push(located);
    else if (compares(inputs, located)) pending.push(located);
    else
      for (const [at, { target }] of inputs.targets.entries())
        for (const ticket of book.missing(at, located))
          dispatch.enqueue(target.lane, () => dispatch.run(ticket));
  }
}

/** Whether an evaluator of the case needs the outputs of several targets. */
export function compares({ targets, evaluatorsFor }: RunInputs, located: LocatedCase): boolean {
  return targets.length > 1 && evaluatorsFor(located).some((evaluator) => evaluator.compares === true);
}
