import { UserError } from '../engine/errors.ts';
import { providersOverview } from '../engine/models/providers/providersOverview.ts';
import type { Handlers } from '../protocol/call.ts';
import type { providerCalls, Steering } from '../protocol/providerCalls.ts';
import type { ProviderStates } from '../protocol/providerEntries.ts';
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

/** As of the last configuration that could be read. */
export function readStates({ config, guards, store, ports }: Session): ProviderStates {
  const { providers = {}, bulkheads = {}, caches = {} } = config ?? {};
  const live = [guards.health()];
  const used = (pool: string) => store?.poolUse(pool, ports.owner, ports.clock.now());
  return {
    ...providersOverview({ providers, bulkheads, live, used }),
    caches: (['exact', 'similar'] as const).flatMap((name) => {
      const size = store?.replies.size(name) ?? { entries: 0, bytes: 0 };
      return caches[name] || size.entries > 0 ? [{ name, ...size }] : [];
    }),
  };
}

/** A configuration with errors is shown as it was last. */
async function readConfig(session: Session, signal: AbortSignal): Promise<void> {
  try {
    await session.load(signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
  }
}

function steer(session: Session, wanted: Steering): boolean {
  const { guards } = session;
  switch (wanted.action) {
    case 'isolate':
      return guards.isolate(wanted.id);
    case 'reset':
      return guards.reset(wanted.id);
    case 'limit-provider':
      return guards.limitProvider(wanted.id, wanted.most);
    case 'limit-bulkhead':
      return guards.limitPool(wanted.bulkhead, wanted.limits);
    case 'clear-cache': {
      const { replies } = session.openStore();
      for (const name of wanted.cache === null ? (['exact', 'similar'] as const) : [wanted.cache])
        replies.clear(name);
      return true;
    }
  }
}
