import type { Failure } from './failure.ts';

/** A call that the other side refused or could not do. */
export class CallFailure extends Error {
  readonly method: string;
  readonly failure: Failure;

  constructor(method: string, reason: Failure) {
    super(reason.message);
    this.name = 'CallFailure';
    this.method = method;
    this.failure = reason;
  }
}
