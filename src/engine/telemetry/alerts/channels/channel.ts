import type { AlertNotice } from '../alertNotice.ts';

/** What became of a notice. `refused`: for what it is, so that it need not be sent again. */
export type Sent =
  | { status: 'sent' }
  | { status: 'refused'; reason: string }
  | { status: 'failed'; reason: string; retryAfterMs?: number | undefined };

/** Where notices are sent. Both reject only with the reason of the signal. */
export interface Channel {
  send(notice: AlertNotice, signal: AbortSignal): Promise<Sent>;
  /** Tells anew what fires, so that the other side does not take it for over; absent where nobody does. */
  repeat?: (firing: readonly AlertNotice[], signal: AbortSignal) => Promise<Sent>;
}
