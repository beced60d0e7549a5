import { UserError } from '../../errors.ts';

/** A request that cannot be answered as it is: whoever sent it can mend it. Its clients get it as a 400. */
export class RequestRefusal extends UserError {}
