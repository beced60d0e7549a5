import type { Rejected } from '../../resilience/policy.ts';
import type { Called } from './ticket.ts';

/** An output that waits for its judges, with what they have answered. */
export interface Unjudged {
  target: string;
  called: Called;
}

/**
 * A policy of ours refused a call, so the trial has no result: it is not the target's failure. `called` is what the target
 * had returned where a judge's call was refused; undefined where the target's own was.
 */
export class TrialRejected extends Error {
  readonly rejection: Rejected;
  readonly called: Called | undefined;
  /** Of all targets, where their outputs are judged beside each other. */
  readonly unjudged: readonly Unjudged[];

  constructor(rejection: Rejected, called?: Called, unjudged: readonly Unjudged[] = []) {
    super(rejection.message, { cause: rejection });
    this.name = 'TrialRejected';
    this.rejection = rejection;
    this.called = called;
    this.unjudged = unjudged;
  }
}
