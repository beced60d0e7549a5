import path from 'node:path';
import { UserError } from '../engine/errors.ts';
import type { SpanIntake } from '../engine/gateway/exchange/spanQueue.ts';
import { Gateway } from '../engine/gateway/gateway.ts';
import type { GatewayStatus } from '../engine/gateway/gatewayStatus.ts';
import { releaseApplier } from '../engine/gateway/released/releaseApplier.ts';
import { WeightFile } from '../engine/gateway/routes/weightFile.ts';
import { ShadowFile } from '../engine/gateway/shadow/shadowFile.ts';
import { Shadows } from '../engine/gateway/shadow/shadows.ts';
import type { Log } from '../engine/ports.ts';
import { ProviderGuards } from '../engine/resilience/providerGuards.ts';
import { HealthNotes } from '../engine/runs/lifecycle/healthNotes.ts';
import { EngineModels } from '../engine/runs/preparation/engineModels.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { PoolLedger } from '../engine/store/tables/poolLedger.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { processOwner } from '../processOwner.ts';
import { GatewayPairs } from './gatewayPairs.ts';
import { withoutFile } from './gatewayProviders.ts';
import type { OpenedGateway, OpenGatewayPorts } from './liveGateway.ts';

/**
 * The engine's gateway over the workspace's stores, with its shadows and what compares them: its spans go where received ones go, its
 * budgets are those of runs, and how its providers are doing is seen as that of runs is. Throws StoreError.
 */
export async function openGateway(
  { root, environment, secrets, clock, random, onChange, onBug }: OpenGatewayPorts,
  intake: SpanIntake,
): Promise<OpenedGateway> {
  const owner = processOwner();
  const log: Log = {
    write: (level, message, fields) => {
      if (level === 'error') onBug(new Error(message, { cause: fields }));
    },
  };
  const store = new RunStore(storePath(root));
  const ledger = PoolLedger.open(storePath(root), owner);
  const openLedger = (): PoolLedger => ledger;
  const guards = new ProviderGuards({ clock, random, log });
  const weights = new WeightFile(root, random);
  const gateway = new Gateway({
    ...{ clock, random, log, environment, secrets, guards, weights, onBug },
    intake,
  });

  let workspace = withoutFile(root, environment);
  const pairs = new GatewayPairs({
    ...{ store, owner, clock, random, environment, log, onBug, onChange },
    models: new EngineModels({ clock, random, environment, log, secrets, guards }),
    workspace: () => workspace,
    onEnd: (route, reason) => shadows.stop(route, reason),
  });
  const shadowFile = new ShadowFile(path.join(root, '.touchstone', 'shadows.json'), { random, log });
  const shadows = new Shadows({
    ...{ upstream: gateway, clock, random, onChange, onBug },
    sinkFor: (route, shadow) => pairs.sinkFor(route, shadow),
    file: shadowFile,
  });
  const hear = [gateway.listen(shadows), gateway.listen({ keeps: () => false, finished: onChange })];

  const closed = Promise.withResolvers<void>();
  const noted = new HealthNotes({ store, guards, owner, clock, log }).during(() => closed.promise);

  return {
    get status() {
      const status = gateway.status((route) => shadows.statusOf(route));
      return { ...status, problem: status.problem ?? weights.problem ?? pairs.problem ?? shadowFile.problem };
    },

    use(read) {
      const { gateway: config, providers, bulkheads = {} } = read.config;
      workspace = read;
      guards.pools.configure(bulkheads, openLedger);
      gateway.use({ config, providers, applyRelease: releaseApplier(root, providers), problem: null });
      shadows.use(config?.routes ?? []);
    },

    serve: (at) => gateway.serve(at),

    setWeights: (route, given) => gateway.setWeights(route, given),

    armsOf: (route) => gateway.armsOf(route),

    setArms: (route, arms, revision) => gateway.setArms(route, arms, revision),

    mirror(route, shadow) {
      checkSuite(workspace, shadow.suite);
      shadows.start(route, shadow);
      const { state, reason } = shadows.statusOf(route) ?? {};
      if (state !== 'ended') return;
      shadows.stop(route, reason ?? 'it could not begin');
      throw new UserError(`'${route}' is not mirrored: ${reason}`, {
        remedy: 'Mend that, and start it again.',
      });
    },

    stopMirroring(route) {
      if (shadows.statusOf(route)?.state !== 'mirroring')
        throw new UserError(`no requests of '${route}' are mirrored`, {
          remedy: 'See what is mirrored with: touchstone shadow status',
        });
      shadows.stop(route, 'stopped by a person');
      pairs.follow((name) => shadows.statusOf(name));
    },

    look() {
      shadows.look();
      pairs.follow((route) => shadows.statusOf(route));
      voidMismatches(gateway.status(), pairs);
    },

    async close() {
      for (const stop of hear) stop();
      await pairs.close();
      shadows.close();
      await gateway.close();
      closed.resolve();
      await noted;
      ledger.close();
      store.close();
    },
  };
}

function voidMismatches({ routes }: GatewayStatus, pairs: GatewayPairs): void {
  for (const { route, mismatch } of routes)
    if (mismatch) pairs.void(route, 'the observed split does not fit the weights');
}

/** Throws UserError where there is no such suite. */
function checkSuite({ config }: Workspace, suite: string | undefined): void {
  const names = config.suites.map(({ name }) => name);
  if (suite === undefined || names.includes(suite)) return;
  throw new UserError(`there is no suite '${suite}'`, {
    remedy: names.length > 0 ? `Choose from: ${names.join(', ')}.` : 'Add it to touchstone.yaml.',
  });
}
