import { providersOverview } from '../engine/models/providers/providersOverview.ts';
import type { Clock } from '../engine/ports.ts';
import type { GuardControl } from '../engine/resilience/guardControl.ts';
import type { Owner } from '../engine/store/lease.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import type { WorkspaceConfig } from '../engine/suites/config/workspaceConfig.ts';
import type { ProviderStates } from '../protocol/providerEntries.ts';

interface StateSources {
  config: WorkspaceConfig | undefined;
  control: GuardControl;
  /** Where there is one, to be read. */
  store: RunStore | undefined;
  ports: { clock: Clock; owner: Owner };
}

/** Providers, bulkheads and caches, as of the last configuration that could be read. */
export function readStates({ config, control, store, ports }: StateSources): ProviderStates {
  const { providers = {}, bulkheads = {}, caches = {} } = config ?? {};
  const now = ports.clock.now();
  const ledger = store?.pools(ports.owner);
  const used = (pool: string) => ledger?.used(pool, now);
  const others = store?.health.ofOthers(ports.owner, now) ?? [];

  return {
    ...providersOverview({ providers, bulkheads, live: [control.health(), ...others], used }),
    caches: (['exact', 'similar'] as const).flatMap((name) => {
      const size = store?.replies.size(name) ?? { entries: 0, bytes: 0 };
      return caches[name] || size.entries > 0 ? [{ name, ...size }] : [];
    }),
  };
}
