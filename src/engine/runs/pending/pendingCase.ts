import type { PendingOutput, TrialResult } from '../../model/result.ts';
import { type Called, calledOf, type JudgingTicket, type Ticket } from '../tickets/ticket.ts';

interface PendingCaseOptions {
  trial: number;
  /** Names of all targets, in the order of the plan. */
  targets: readonly string[];
  /** What was stored before this attempt. */
  stored: { results: readonly TrialResult[]; outputs: readonly PendingOutput[] };
}

/** One trial of a case at all targets, pending until the last one has answered. */
export class PendingCase {
  readonly #targets: readonly string[];
  /** Results of an earlier attempt. */
  readonly #before: readonly TrialResult[];
  /** Outputs of an earlier attempt that were not evaluated, by target. */
  readonly #calledBefore = new Map<string, Called>();
  readonly #answers = new Map<string, JudgingTicket['answers'][number]>();

  constructor({ trial, targets, stored }: PendingCaseOptions) {
    this.#targets = targets;
    this.#before = stored.results.filter((result) => result.trial === trial);
    for (const kept of stored.outputs)
      if (kept.trial === trial) this.#calledBefore.set(kept.target, calledOf(kept));
  }

  /** What an earlier attempt got from the target. */
  calledBefore(target: string): Called | undefined {
    return this.#calledBefore.get(target);
  }

  /** Takes what a target returned; gives what is to be evaluated when it was the last one. */
  add(ticket: Ticket, called: Called): JudgingTicket | undefined {
    this.#answers.set(ticket.target, { ticket, called });
    const known = new Set([...this.#answers.keys(), ...this.#before.map(({ target }) => target)]);
    if (!this.#targets.every((target) => known.has(target))) return undefined;

    const answers = this.#targets.flatMap((target) => this.#answers.get(target) ?? []);
    return { answers, before: this.#before };
  }
}
