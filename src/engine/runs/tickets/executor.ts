import type { TrialResult } from '../../model/result.ts';
import type { Called, JudgingTicket, Ticket } from './ticket.ts';

/**
 * Executes tickets, wherever that is; it neither orders nor stores anything. All of it rejects with the signal's reason
 * when aborted, with TrialRejected where a policy of ours refuses a call, and otherwise only for a bug: what a target or an
 * evaluator does wrong stands in what is returned.
 */
export interface Executor {
  /** Calls the target and evaluates what it returned. */
  run(ticket: Ticket, signal: AbortSignal): Promise<TrialResult>;
  /** Calls the target alone: `judge` evaluates what it returned when the other targets have answered too. */
  call(ticket: Ticket, signal: AbortSignal): Promise<Called>;
  /** Evaluates outputs of one case and trial beside each other; one result for each answer, in their order. */
  judge(ticket: JudgingTicket, signal: AbortSignal): Promise<TrialResult[]>;
  /** The attempt is over: what was called and not evaluated is given up. */
  close(): void | Promise<void>;
}
