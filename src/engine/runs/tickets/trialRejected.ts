import type { Rejected } from '../../resilience/policy.ts';
import type { Called } from './ticket.ts';

/**
 * A policy of ours refused a call, so the trial has no result: it is not the target's failure. `called` is what the target
 * had returned where a judge's call was refused; undefined where the target's own was.
 */
export class TrialRejected extends Error {
  readonly rejection: Rejected;
  readonly called: Called | undefined;

  constructor(rejection: Rejected, called?: Called) {
    super(rejection.message, { cause: rejection });
    this.name = 'TrialRejected';
    this.rejection = rejection;
    this.called = called;
  }
}
