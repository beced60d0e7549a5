import type { Handlers } from '../protocol/call.ts';
import type { receiverCalls } from '../protocol/receiverCalls.ts';
import { ServicesAttachment } from './servicesAttachment.ts';
import type { Session } from './session.ts';

/** The window's part in the services process of its workspace. */
export function receiverHandlers(session: Session): Handlers<typeof receiverCalls> {
  let known: ServicesAttachment | undefined;
  const attachment = (): ServicesAttachment => {
    session.requireTrust('receiving traces');
    if (known) return known;

    const opened = new ServicesAttachment({
      root: session.root,
      clock: session.ports.clock,
      log: session.log,
      onChange: (state) => session.tell('receiver/changed', state),
    });
    session.onClose(async () => opened.close());
    known = opened;
    return opened;
  };

  return {
    'receiver/state': () => attachment().state,
    'receiver/start': (wanted, signal) => attachment().start(wanted, signal),
    'receiver/stop': () => attachment().stop(),
    'receiver/end': () => attachment().end(),
  };
}
