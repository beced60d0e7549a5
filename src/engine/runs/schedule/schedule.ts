import type { LocatedCase } from '../../model/case.ts';
import type { Clock } from '../../ports.ts';
import { chosenBatches } from '../chosenBatches.ts';
import type { Dispatch } from '../execution/dispatch.ts';
import type { Ending } from '../execution/ending.ts';
import type { PlannedTarget, RunInputs } from '../execution/runInputs.ts';
import type { OrderedTrials } from '../ordered/orderedTrials.ts';
import type { PendingTrials } from '../pending/pendingTrials.ts';
import type { TicketBook } from './ticketBook.ts';

interface ScheduleOptions {
  inputs: RunInputs;
  book: TicketBook;
  dispatch: Dispatch;
  ending: Ending;
  clock: Clock;
  /** Undefined where no case depends on another. */
  ordered: OrderedTrials | undefined;
  pending: PendingTrials;
}

/** Targets that read the cases of a run together, or one that reads alone. */
interface Readers {
  targets: Set<PlannedTarget>;
  isAlone: boolean;
}

/** Others wait for a target whose queue is full for so long, in milliseconds, before they go on without it. */
const PATIENCE_MS = 1000;

/**
 * Reads cases from their source and puts their trials in line: those of most cases are free, some keep an order because
 * they read what others gave, and some wait for all targets before they are evaluated. No line grows long: a target that does not
 * get on while others have nothing left to do is left behind, and reads the cases that it lacks once more, by itself.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  /** Those that read by themselves. */
  readonly #behind: Promise<void>[] = [];

  constructor(options: ScheduleOptions) {
    this.#options = options;
  }

  /** Resolves when everything is in line, or when the attempt ends. */
  async run(): Promise<void> {
    const { targets } = this.#options.inputs;
    await this.#read({ targets: new Set(targets), isAlone: false }, 0);
    await Promise.all(this.#behind);
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    const { ordered, dispatch } = this.#options;
    return (ordered?.clear() ?? 0) + dispatch.clear();
  }

  /** Puts the cases from the place `from` on in line. */
  async #read(readers: Readers, from: number): Promise<void> {
    const { inputs, ending, dispatch } = this.#options;
    const { signal } = ending;
    for await (const batch of chosenBatches(inputs, signal))
      for (const located of batch) {
        if (signal.aborted) return;
        const room = located.index < from ? undefined : this.#take(located, readers);
        if (room) await room;
      }
    for (const { target } of readers.targets) dispatch.close(target);
  }

  /** Undefined where the next case may come at once; otherwise resolves when it may. */
  #take(located: LocatedCase, readers: Readers): Promise<void> | undefined {
    const { inputs, book, ordered, ending } = this.#options;
    if (ordered) return this.#takeInOrder(ordered, located);
    if (book.hasCase(located)) return undefined;
    // Those who read together put it in line for all.
    if (compares(inputs, located)) return readers.isAlone ? undefined : this.#takeCompared(located);
    if (!ending.admits()) return undefined;

    this.#push(located, readers.targets);
    return this.#room(readers, located.index + 1);
  }

  async #takeInOrder(ordered: OrderedTrials, located: LocatedCase): Promise<void> {
    const { inputs, ending, pending } = this.#options;
    await ordered.room(located);
    if (!ending.admits()) return;

    if (ordered.orders(located)) ordered.push(located);
    else if (compares(inputs, located)) pending.push(located);
    else this.#push(located, new Set(inputs.targets));
    await this.#roomOfAll();
  }

  async #takeCompared(located: LocatedCase): Promise<void> {
    const { ending, pending } = this.#options;
    await this.#roomOfAll();
    if (ending.admits()) pending.push(located);
  }

  #push(located: LocatedCase, targets: ReadonlySet<PlannedTarget>): void {
    const { inputs, book, dispatch } = this.#options;
    for (const [at, planned] of inputs.targets.entries())
      if (targets.has(planned))
        for (const ticket of book.missing(at, located))
          dispatch.enqueue(planned.target, () => dispatch.run(ticket));
  }

  async #roomOfAll(): Promise<void> {
    const { inputs, dispatch } = this.#options;
    for (const { target } of inputs.targets) await dispatch.room(target);
  }

  /** Undefined while all queues are short; otherwise resolves as soon as they are, but for targets that are left behind. */
  #room(readers: Readers, next: number): Promise<void> | undefined {
    const rooms = [...readers.targets].flatMap(({ target }) => this.#options.dispatch.room(target) ?? []);
    return rooms.length === 0 ? undefined : this.#waitFor(Promise.all(rooms), readers, next);
  }

  async #waitFor(rooms: Promise<unknown>, readers: Readers, next: number): Promise<void> {
    const { clock, ending } = this.#options;
    const { comparison } = this.#options.inputs.plan;
    // What is compared is of use in pairs alone.
    if (readers.targets.size === 1 || comparison) {
      await rooms;
      return;
    }

    for (let isThere = false; !isThere; ) {
      const over = new AbortController();
      const patience = clock.sleep(PATIENCE_MS, AbortSignal.any([ending.signal, over.signal]));
      isThere = await Promise.race([
        rooms.then(() => true),
        patience.then(
          () => false,
          () => false,
        ),
      ]);
      over.abort('done');
      if (!isThere) isThere = ending.signal.aborted || this.#leaveBehind(readers, next);
    }
  }

  /** Whether somebody was left behind: those who do not get on, where others have nothing left to do. */
  #leaveBehind({ targets }: Readers, next: number): boolean {
    const { dispatch, ending } = this.#options;
    const full = [...targets].filter(({ target }) => dispatch.room(target) !== undefined);
    const isIdle = [...targets].some(({ target }) => dispatch.isDrained(target));
    if (full.length === 0 || !isIdle) return full.length === 0;

    for (const one of full) {
      targets.delete(one);
      this.#behind.push(this.#readAlone(one, next).catch((error) => ending.fail(error)));
    }
    return true;
  }

  async #readAlone(one: PlannedTarget, from: number): Promise<void> {
    await this.#options.dispatch.room(one.target);
    await this.#read({ targets: new Set([one]), isAlone: true }, from);
  }
}

/** Whether an evaluator of the case needs the outputs of several targets. */
export function compares({ targets, evaluatorsFor }: RunInputs, located: LocatedCase): boolean {
  return targets.length > 1 && evaluatorsFor(located).some((evaluator) => evaluator.compares === true);
}
