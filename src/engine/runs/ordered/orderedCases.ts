import type { LocatedCase } from '../../model/case.ts';
import type { Output } from '../../model/output.ts';
import type { TrialResult } from '../../model/result.ts';
import { caseOptions } from '../../targets/caseOptions.ts';
import type { CaseTrace } from '../execution/caseTrace.ts';
import type { PlannedTarget, RunInputs } from '../execution/runInputs.ts';
import type { TrialSet } from '../execution/trialSet.ts';
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

interface OrderedCasesOptions {
  order: CaseOrder;
  targets: readonly PlannedTarget[];
  repeat: number;
  /** Results of a case that were stored before this attempt. */
  resultsAt(caseIndex: number): readonly TrialResult[];
  /** Whether an evaluator of the case needs the outputs of several targets. */
  compares(located: LocatedCase): boolean;
  trace(planned: PlannedTarget, located: LocatedCase, trials: number): CaseTrace;
  /** Calls and evaluates; the output, or undefined when the trial was given up. */
  run(
    planned: PlannedTarget,
    located: LocatedCase,
    trial: number,
    trace: CaseTrace,
    told: ToldCase | undefined,
  ): Promise<Output | undefined>;
  /** Queues a task in the target's lane. */
  enqueue(planned: PlannedTarget, task: () => Promise<unknown>): void;
}

const COMPARES = 'a test that compares targets cannot be one that reads or gives outputs of other tests';

/**
 * Cases that read what earlier ones gave. Those that may depend on each other at one target and in one trial make a
 * chain, which runs them in their order; chains run beside each other. An output that an earlier attempt stored is read
 * back, not asked for again. So every case is told the same, however many run at a time and wherever a run was ended.
 */
export class OrderedCases {
  readonly #options: OrderedCasesOptions;
  readonly #chains = new Map<string, { chain: Chain; earlier: EarlierCases }>();
  readonly #serial = new Chain();
  #busy: Chain[] = [];

  constructor(options: OrderedCasesOptions) {
    this.#options = options;
  }

  /** Whether the case has a place in an order; any other one is run like those of other suites. */
  orders({ case: entry }: LocatedCase): boolean {
    const { order, targets } = this.#options;
    const depends = order.stores.size > 0 || targets.some(isInConversation);
    return depends || caseOptions(entry).runSerially === true;
  }

  /** Queues the trials of a case; those that are stored already, too, because later ones read what they gave. */
  push(located: LocatedCase, stored: TrialSet): void {
    const { targets, repeat, trace, run, enqueue } = this.#options;
    const compares = this.#options.compares(located);
    for (const [target, planned] of targets.entries()) {
      const isStored = (trial: number) => stored.has({ target, caseIndex: located.index, trial });
      const trials = Array.from({ length: repeat }, (_, trial) => trial);
      const traced = trace(planned, located, trials.filter((trial) => !isStored(trial)).length);
      const put = (task: () => Promise<unknown>): void => enqueue(planned, task);
      for (const trial of trials) {
        const key = this.#keyOf(located, planned, trial);
        if (key === undefined && isStored(trial)) continue;
        const ask = (told?: ToldCase) =>
          run(planned, located, trial, traced, compares && told ? { ...told, failed: COMPARES } : told);
        if (key !== undefined) {
          this.#chainUp(key, put, planned, located, trial, isStored(trial), ask);
          continue;
        }
        const task = () => ask(this.#toldAlone(located));
        if (caseOptions(located.case).runSerially) this.#serial.push(put, task);
        else put(task);
      }
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

  /** Cases with the same key depend on each other; undefined for a case that depends on none. */
  #keyOf({ case: entry }: LocatedCase, planned: PlannedTarget, trial: number): string | undefined {
    const { name } = planned.target;
    if (this.#options.order.stores.size > 0) return JSON.stringify([name, trial]);
    return isInConversation(planned) ? JSON.stringify([name, trial, conversationId(entry)]) : undefined;
  }

  /** A case that depends on no other one still has its templates to be filled in. */
  #toldAlone(located: LocatedCase): ToldCase | undefined {
    if (!caseOptions(located.case).templates) return undefined;
    return tellCase(located, new EarlierCases(), this.#options.order, false);
  }

  #chainUp(
    key: string,
    put: (task: () => Promise<unknown>) => void,
    { target }: PlannedTarget,
    located: LocatedCase,
    trial: number,
    stored: boolean,
    ask: (told: ToldCase) => Promise<Output | undefined>,
  ): void {
    const { order, resultsAt } = this.#options;
    const { chain, earlier } = this.#chainOf(key);
    const talks = target.capabilities.conversation;
    chain.push(put, async () => {
      const output = stored
        ? resultsAt(located.index).find((one) => one.target === target.name && one.trial === trial)?.output
        : await ask(tellCase(located, earlier, order, talks));
      if (output) earlier.record(located, output, talks);
    });
    this.#busy.push(chain);
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
