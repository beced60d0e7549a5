import { UserError } from '../engine/errors.ts';
import { Gateway } from '../engine/gateway/gateway.ts';
import type { Log } from '../engine/ports.ts';
import { ProviderGuards } from '../engine/resilience/providerGuards.ts';
import { HealthNotes } from '../engine/runs/lifecycle/healthNotes.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { PoolLedger } from '../engine/store/tables/poolLedger.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { processOwner } from '../processOwner.ts';
import type { OpenedGateway, OpenGatewayPorts } from './liveGateway.ts';
import type { ReceivedTraces } from './receivedTraces.ts';

/**
 * The engine's gateway over the workspace's stores: its spans go where received ones go, its budgets are those of runs, and how its
 * providers are doing is seen as that of runs is. Throws StoreError.
 */
export async function openGateway(
  { root, environment, secrets, clock, random, onBug }: OpenGatewayPorts,
  traces: Pick<ReceivedTraces, 'keep'>,
): Promise<OpenedGateway> {
  const owner = processOwner();
  const log: Log = {
    write: (level, message, fields) => {
      if (level === 'error') onBug(new Error(message, { cause: fields }));
    },
  };
  const store = new RunStore(storePath(root));
  const guards = new ProviderGuards({ clock, random, log });
  const ledger = PoolLedger.open(storePath(root), owner);
  const openLedger = (): PoolLedger => ledger;
  const gateway = new Gateway({
    ...{ clock, random, log, environment, secrets, guards, onBug },
    intake: { keep: (batch) => traces.keep(batch) },
  });

  const closed = Promise.withResolvers<void>();
  const noted = new HealthNotes({ store, guards, owner, clock, log }).during(() => closed.promise);
  let used: Workspace | undefined;

  return {
    get status() {
      return gateway.status();
    },

    use(workspace) {
      const { gateway: config, providers, bulkheads = {} } = workspace.config;
      guards.pools.configure(bulkheads, openLedger);
      gateway.use({ config, providers, applyRelease, problem: null });
      used = workspace;
    },

    serve: (at) => gateway.serve(at),

    setWeights(name, weights) {
      const route = used?.config.gateway?.routes.find((one) => one.name === name);
      if (!route) throw unknownRoute(name, used);
      const arms = route.arms.map((arm) => arm.name);
      const unknown = Object.keys(weights ?? {}).find((arm) => !arms.includes(arm));
      if (unknown !== undefined)
        throw new UserError(`the route '${name}' has no target '${unknown}'`, {
          remedy: `Its targets are: ${arms.join(', ')}.`,
        });
      gateway.setWeights(
        name,
        weights ?? Object.fromEntries(route.arms.map(({ name: arm, weight }) => [arm, weight])),
      );
    },

    mirror() {
      throw new UserError('nothing can be mirrored yet');
    },

    stopMirroring() {},

    async close() {
      await gateway.close();
      closed.resolve();
      await noted;
      ledger.close();
      store.close();
    },
  };
}

function applyRelease(): never {
  throw new UserError('releases cannot be applied yet');
}

function unknownRoute(name: string, used: Workspace | undefined): UserError {
  const names = (used?.config.gateway?.routes ?? []).map((route) => route.name);
  return new UserError(`there is no route '${name}'`, {
    remedy:
      names.length > 0
        ? `The routes are: ${names.join(', ')}.`
        : 'Add it to gateway.routes of touchstone.yaml.',
  });
}
