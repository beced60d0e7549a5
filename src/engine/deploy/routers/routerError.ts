import { UserError, type UserErrorOptions } from '../../errors.ts';

/** A router could not learn or do something. */
export class RouterError extends UserError {
  /** It may work when it is tried again: an outage, a conflict, a limit. */
  readonly isTransient: boolean;

  constructor(what: string, { isTransient, ...options }: UserErrorOptions & { isTransient: boolean }) {
    super(what, options);
    this.isTransient = isTransient;
  }
}
