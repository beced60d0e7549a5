import { UserError } from '../../errors.ts';

/** Somebody else has written to the journal of a deployment since it was read, or holds its lease. */
export class JournalConflict extends UserError {}
