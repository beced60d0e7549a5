import type { LocatedCase } from '../../model/case.ts';
import { emptyOutput, type Output } from '../../model/output.ts';
import { standsIn } from '../../model/replySource.ts';
import type { TrialResult } from '../../model/result.ts';
import { caseOptions } from '../../targets/caseOptions.ts';
import type { Dispatch } from '../execution/dispatch.ts';
import type { PlannedTarget, RunInputs } from '../execution/runInputs.ts';
import type { TicketBook } from '../schedule/ticketBook.ts';
import type { Ticket } from '../tickets/ticket.ts';
import type { CaseOrder } from './caseOrder.ts';
import { Chain } from './chain.ts';
import { conversationId, EarlierCases } from './earlierCases.ts';
import { type ToldCase, tellCase } from './tellCase.ts';

/** Of targets that read the conversation in a suite whose own cases name no order. */
const NO_ORDER: CaseOrder = { env: {}, stores: new Map() };

/** The order of a run's cases; undefined where none depends on another. */
export function orderOf({ order, targets }: Pick<RunInputs, 'order' | 'targets'>): CaseOrder | undefined {
  return order ?? (targets.some(isInConversation) ? NO_ORDER : undefined);
}

/** A chain may be this long before the dataset is read on. */
const MOST_WAITING = 64;

interface OrderedTrialsOptions {
  order: CaseOrder;
  targets: readonly PlannedTarget[];
  book: TicketBook;
  dispatch: Dispatch;
  /** Results of a case that were stored before this attempt. */
  resultsAt(caseIndex: number): readonly TrialResult[];
  /** Answers of fallbacks count as the target's own. */
  scoreFallbacks: boolean;
  /** Whether an evaluator of the case needs the outputs of several targets. */
  compares(located: LocatedCase): boolean;
}

/** One trial in its place; `ticket` is undefined for one that is stored already. */
interface Placed {
  planned: PlannedTarget;
  located: LocatedCase;
  trial: number;
  ticket: Ticket | undefined;
  compares: boolean;
}

const COMPARES = 'a test that compares targets cannot be one that reads or gives outputs of other tests';

/**
 * Cases that read what earlier ones gave. Those that may depend on each other at one target and in one trial make a
 * chain, which runs them in their order; chains run beside each other. An output that an earlier attempt stored is read
 * back, not asked for again. So every case is told the same, however many run at a time and wherever a run was ended.
 */
export class OrderedTrials {
  readonly #options: OrderedTrialsOptions;
  readonly #chains = new Map<string, { chain: Chain; earlier: EarlierCases }>();
  readonly #serial = new Chain();
  #busy: Chain[] = [];

  constructor(options: OrderedTrialsOptions) {
    this.#options = options;
  }

  /** Whether the case has a place in an order; any other one is run like those of other suites. */
  orders({ case: entry }: LocatedCase): boolean {
    const { order, targets } = this.#options;
    const depends = order.stores.size > 0 || targets.some(isInConversation);
    return depends || caseOptions(entry).runSerially === true;
  }

  /** Queues the trials of a case; those that are stored already, too, because later ones read what they gave. */
  push(located: LocatedCase): void {
    const { targets, book } = this.#options;
    const compares = this.#options.compares(located);
    for (const [at, planned] of targets.entries()) {
      const tickets = new Map(book.missing(at, located).map((ticket) => [ticket.trial, ticket]));
      for (let trial = 0; trial < book.repeat; trial += 1)
        this.#place({ planned, located, trial, ticket: tickets.get(trial), compares });
    }
  }

  /** Resolves when the dataset may be read on: no chain is too long, and a case that is not serial may begin. */
  async room({ case: next }: LocatedCase): Promise<void> {
    const busy = this.#busy;
    this.#busy = [];
    for (const chain of busy) await chain.left(MOST_WAITING);
    await this.#serial.left(caseOptions(next).runSerially ? MOST_WAITING : 0);
  }

  /** Drops what has not started; returns how much that was. */
  clear(): number {
    let dropped = this.#serial.clear();
    for (const { chain } of this.#chains.values()) dropped += chain.clear();
    return dropped;
  }

  #place(placed: Placed): void {
    const { planned, located, ticket } = placed;
    const key = this.#keyOf(placed);
    const put = (task: () => Promise<unknown>): void => this.#options.dispatch.enqueue(planned.target, task);
    if (key !== undefined) {
      this.#chainUp(key, put, placed);
      return;
    }
    if (!ticket) return;

    const task = () => this.#run(ticket, placed, this.#toldAlone(located));
    if (caseOptions(located.case).runSerially) this.#serial.push(put, task);
    else put(task);
  }

  #run(ticket: Ticket, { compares }: Placed, told: ToldCase | undefined): Promise<Output | undefined> {
    if (!told) return this.#options.dispatch.run(ticket);
    return this.#options.dispatch.run({ ...ticket, told: compares ? { ...told, failed: COMPARES } : told });
  }

  /** Cases with the same key depend on each other; undefined for a case that depends on none. */
  #keyOf({ planned, located, trial }: Placed): string | undefined {
    const { name } = planned.target;
    if (this.#options.order.stores.size > 0) return JSON.stringify([name, trial]);
    return isInConversation(planned)
      ? JSON.stringify([name, trial, conversationId(located.case)])
      : undefined;
  }

  /** A case that depends on no other one still has its templates to be filled in. */
  #toldAlone(located: LocatedCase): ToldCase | undefined {
    if (!caseOptions(located.case).templates) return undefined;
    return tellCase(located, new EarlierCases(), this.#options.order, false);
  }

  #chainUp(key: string, put: (task: () => Promise<unknown>) => void, placed: Placed): void {
    const { order, resultsAt } = this.#options;
    const { planned, located, trial, ticket } = placed;
    const { chain, earlier } = this.#chainOf(key);
    const talks = isInConversation(planned);
    const isOwn = (one: TrialResult) => one.target === planned.target.name && one.trial === trial;

    chain.push(put, async () => {
      const output = ticket
        ? await this.#run(ticket, placed, tellCase(located, earlier, order, talks))
        : resultsAt(located.index).find(isOwn)?.output;
      if (output) earlier.record(located, this.#own(output), talks);
    });
    this.#busy.push(chain);
  }

  /** Another one's answer is none: what follows it would be asked something else. */
  #own(output: Output): Output {
    if (!standsIn(output.source) || this.#options.scoreFallbacks) return output;
    const error = { code: 'fallback', message: 'a fallback answered', transient: true };
    return { ...emptyOutput(), status: 'error', error };
  }

  #chainOf(key: string): { chain: Chain; earlier: EarlierCases } {
    const known = this.#chains.get(key);
    if (known) return known;
    const made = { chain: new Chain(), earlier: new EarlierCases() };
    this.#chains.set(key, made);
    return made;
  }
}

function isInConversation({ target }: PlannedTarget): boolean {
  return target.capabilities.conversation;
}
