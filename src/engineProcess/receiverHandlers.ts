import type { Handlers } from '../protocol/call.ts';
import type { receiverCalls } from '../protocol/receiverCalls.ts';
import type { ServicesAttachment } from './servicesAttachment.ts';
import type { Session } from './session.ts';

/** The window's part in the services process of its workspace. */
export function receiverHandlers(
  session: Session,
  attached: () => ServicesAttachment,
): Handlers<typeof receiverCalls> {
  const attachment = (): ServicesAttachment => {
    session.requireTrust('receiving traces');
    return attached();
  };

  return {
    'receiver/state': () => attachment().state,
    'receiver/start': (wanted, signal) => attachment().start(wanted, signal),
    'receiver/stop': () => attachment().stop(),
    'receiver/end': () => attachment().end(),
  };
}
