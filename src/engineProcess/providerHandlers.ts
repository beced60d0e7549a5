import { UserError } from '../engine/errors.ts';
import type { Handlers } from '../protocol/call.ts';
import type { providerCalls, Steering } from '../protocol/providerCalls.ts';
import { readStates } from './providerStates.ts';
import type { Session } from './session.ts';

/** What is known of the workspace's providers, and what a person does about them. */
export function providerHandlers(session: Session): Handlers<typeof providerCalls> {
  return {
    'providers/health': async (_params, signal) => {
      await readConfig(session, signal);
      session.feed.watch();
      return readStates(session);
    },
    'providers/steer': (wanted) => {
      session.requireTrust('steering providers');
      const done = steer(session, wanted);
      session.feed.watch();
      return { done, states: readStates(session) };
    },
  };
}

const CACHES = ['exact', 'similar'] as const;

/** A configuration with errors is shown as it was last. */
async function readConfig(session: Session, signal: AbortSignal): Promise<void> {
  try {
    await session.load(signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function steer(session: Session, wanted: Steering): boolean {
  const { control } = session;
  switch (wanted.action) {
    case 'isolate':
      return control.isolate(wanted.id);
    case 'reset':
      return control.reset(wanted.id);
    case 'limit-provider':
      return control.limitProvider(wanted.id, wanted.most);
    case 'limit-bulkhead':
      return control.limitPool(wanted.bulkhead, wanted.limits);
    case 'clear-cache': {
      const { replies } = session.openStore();
      for (const cache of wanted.cache === null ? CACHES : [wanted.cache]) replies.clear(cache);
      return true;
    }
  }
}
