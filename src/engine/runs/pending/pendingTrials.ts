import type { LocatedCase } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import type { RunStore } from '../../store/runStore.ts';
import type { BatchWriter } from '../execution/batchWriter.ts';
import type { Dispatch } from '../execution/dispatch.ts';
import type { PlannedTarget } from '../execution/runInputs.ts';
import type { TicketBook } from '../schedule/ticketBook.ts';
import type { Executor } from '../tickets/executor.ts';
import type { Called, JudgingTicket, Ticket } from '../tickets/ticket.ts';
import { TrialRejected } from '../tickets/trialRejected.ts';
import { PendingCase } from './pendingCase.ts';

interface PendingTrialsOptions {
  store: RunStore;
  runId: string;
  targets: readonly PlannedTarget[];
  book: TicketBook;
  /** False for a run that has nothing stored: then nothing is looked up. */
  resumed: boolean;
  signal: AbortSignal;
  writer: BatchWriter;
  dispatch: Dispatch;
  executor: Executor;
}

/**
 * Trials whose evaluators compare targets run in two phases. First every target is called, each in its own
 * lane, and its output is stored as pending. The task that brings the last output of a (case, trial) then
 * has all of them evaluated and stores the results, which take the place of the pending outputs. An attempt that
 * ends between the phases leaves pending outputs behind, and the next one goes on from these. Memory is bounded,
 * because the targets of a case are queued together and the queues are short.
 */
export class PendingTrials {
  readonly #options: PendingTrialsOptions;
  #begun = false;

  constructor(options: PendingTrialsOptions) {
    this.#options = options;
  }

  /** Queues the trials of a case that are not stored yet. */
  push(located: LocatedCase): void {
    const { targets, book, dispatch, resumed, writer } = this.#options;
    if (!this.#begun && resumed) writer.expectPending();
    this.#begun = true;

    const cases = this.#pendingCases(located);
    for (const [at, { target }] of targets.entries())
      for (const ticket of book.missing(at, located)) {
        const pending = cases[ticket.trial];
        if (pending) dispatch.enqueue(target, () => this.#run(ticket, pending));
      }
  }

  /** One for each trial. */
  #pendingCases({ index }: LocatedCase): PendingCase[] {
    const { store, runId, targets, book, resumed } = this.#options;
    const stored = resumed
      ? { results: store.resultsAt(runId, index), outputs: store.pendingOutputs(runId, index) }
      : { results: [], outputs: [] };
    const names = targets.map(({ target }) => target.name);
    return Array.from(
      { length: book.repeat },
      (_, trial) => new PendingCase({ trial, targets: names, stored }),
    );
  }

  async #run(ticket: Ticket, pending: PendingCase): Promise<void> {
    const { signal, writer, dispatch, executor } = this.#options;
    if (signal.aborted) return;
    const { target, located, trial } = ticket;
    const before = pending.calledBefore(target);

    await dispatch.admitted({ ...ticket, paid: before !== undefined }, async () => {
      const called = before ?? (await executor.call(ticket, signal));
      // A failure that may pass is not worth keeping.
      if (!before && !mayPass(called))
        writer.addPending({ target, caseIndex: located.index, trial, ...called });
      const judging = pending.add(ticket, called);
      const results = judging ? await this.#judge(judging, ticket) : [];
      for (const result of results) dispatch.keep(result, located);
    });
  }

  /** Where a judge is refused, what others have answered stays with the outputs. */
  async #judge(judging: JudgingTicket, { located, trial }: Ticket): Promise<TrialResult[]> {
    const { signal, writer, executor } = this.#options;
    try {
      return await executor.judge(judging, signal);
    } catch (error) {
      if (error instanceof TrialRejected)
        for (const { target, called } of error.unjudged)
          if (!mayPass(called)) writer.addPending({ target, caseIndex: located.index, trial, ...called });
      throw error;
    }
  }
}

function mayPass({ output }: Called): boolean {
  return output.status === 'error' && output.error.transient;
}
