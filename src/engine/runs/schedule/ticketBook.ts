import type { LocatedCase } from '../../model/case.ts';
import type { PendingOutput } from '../../model/result.ts';
import { calledOf, type Ticket } from '../tickets/ticket.ts';
import type { TrialSet } from './trialSet.ts';

interface TicketBookOptions {
  runId: string;
  attempt: number;
  /** Names of the targets, in the order of the plan. */
  targets: readonly string[];
  repeat: number;
  /** What earlier attempts have stored. */
  stored: TrialSet;
  /** Outputs of a case that an earlier attempt could not evaluate. */
  pendingOutputs(caseIndex: number): readonly PendingOutput[];
}

/** Writes the tickets of an attempt: one for each trial that is not stored yet. */
export class TicketBook {
  readonly #options: TicketBookOptions;

  constructor(options: TicketBookOptions) {
    this.#options = options;
  }

  get repeat(): number {
    return this.#options.repeat;
  }

  /** Whether every trial of a case is stored, at every target. */
  hasCase({ index }: LocatedCase): boolean {
    return this.#options.stored.hasCase(index);
  }

  /** What is missing of a case at a target, by the target's place in the plan. */
  missing(at: number, located: LocatedCase): Ticket[] {
    const { runId, attempt, targets, repeat, stored } = this.#options;
    const target = targets[at];
    if (target === undefined) return [];
    const missing: number[] = [];
    for (let trial = 0; trial < repeat; trial += 1)
      if (!stored.has({ target: at, caseIndex: located.index, trial })) missing.push(trial);

    const trials = missing.length;
    const outputs = trials === 0 ? [] : this.#options.pendingOutputs(located.index);
    return missing.map((trial) => {
      const ticket: Ticket = { runId, attempt, target, located, trial, trials };
      const pending = outputs.find((one) => one.target === target && one.trial === trial);
      if (pending) ticket.called = calledOf(pending);
      return ticket;
    });
  }
}
