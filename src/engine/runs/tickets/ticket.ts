import type { LocatedCase } from '../../model/case.ts';
import { defined } from '../../model/defined.ts';
import type { Output } from '../../model/output.ts';
import type { PaidReply, PendingOutput, TrialResult } from '../../model/result.ts';
import type { ToldCase } from '../ordered/tellCase.ts';

/**
 * One trial to be executed. Plain data, so that it may go to another process as JSON: whoever has the run's plan and its
 * workspace finds everything else by the names in it.
 */
export interface Ticket {
  runId: string;
  /** How often the run was begun before. */
  attempt: number;
  /** Name of the target. */
  target: string;
  located: LocatedCase;
  /** From 0. */
  trial: number;
  /** As many trials of the case at the target are asked for in this attempt: they share a trace. */
  trials: number;
  /** What earlier cases gave, where the case reads that. */
  told?: ToldCase;
  /** What the target returned in an earlier attempt, which could not evaluate it. */
  called?: Called;
}

/** What a target returned, before it is evaluated. */
export interface Called {
  output: Output;
  /** Milliseconds since the epoch. */
  startedAt: number;
  /** What its judges have answered in an earlier attempt. */
  judged?: readonly PaidReply[];
}

/** The outputs of one case and trial at all targets, to be evaluated beside each other. Plain data, as a ticket is. */
export interface JudgingTicket {
  /** What was called and not evaluated yet, in the order of the targets. */
  answers: readonly { ticket: Ticket; called: Called }[];
  /** Results of an earlier attempt, which take part and are not changed. */
  before: readonly TrialResult[];
}

/** What was kept of an earlier attempt. */
export function calledOf({ output, startedAt, judged }: PendingOutput): Called {
  return { output, startedAt, ...defined({ judged }) };
}
