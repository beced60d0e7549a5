import { providersOverview } from '../engine/models/providers/providersOverview.ts';
import type { ProviderStates } from '../protocol/providerEntries.ts';
import type { Session } from './session.ts';

/** Providers, bulkheads and caches, as of the last configuration that could be read. */
export function readStates({ config, control }: Session): ProviderStates {
  const { providers = {}, bulkheads = {} } = config ?? {};
  return {
    ...providersOverview({ providers, bulkheads, live: [control.health()], used: () => undefined }),
    caches: [],
  };
}
