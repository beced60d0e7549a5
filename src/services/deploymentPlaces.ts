import { existsSync } from 'node:fs';
import { deploymentsPath } from '../engine/deploy/journal/deploymentsFormat.ts';
import type { Journal } from '../engine/deploy/journal/journal.ts';
import { LocalJournal } from '../engine/deploy/journal/localJournal.ts';
import { LocalRouter } from '../engine/deploy/routers/local/localRouter.ts';
import type { RouteControl } from '../engine/deploy/routers/local/routeControl.ts';
import type { Router } from '../engine/deploy/routers/router.ts';
import { UserError } from '../engine/errors.ts';
import type { Clock, Environment, Random } from '../engine/ports.ts';
import type { Owner } from '../engine/store/lease.ts';
import type { DeploymentConfig } from '../engine/suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

export interface PlacesOptions {
  root: string;
  /** Routes of the gateway. */
  routes: RouteControl;
  /** The gateway serves from then on. Rejects with UserErrors. */
  serveGateway(): Promise<void>;
  clock: Clock;
  random: Random;
  environment: Environment;
  owner: Owner;
}

/** Routers and journals of deployments, by what each steers. */
export class DeploymentPlaces {
  readonly #options: PlacesOptions;
  #local: LocalJournal | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** Rejects with UserErrors where it cannot be steered from here. The router is closed by whoever opened it. */
  async open(_workspace: Workspace, config: DeploymentConfig): Promise<{ router: Router; journal: Journal }> {
    const { root, routes, clock, random, environment, serveGateway } = this.#options;
    const { router, name, versions } = config;
    if (router.kind === 'kubernetes')
      throw new UserError('clusters are not steered by this version', {
        remedy: 'Steer a route of the gateway.',
      });
    await serveGateway();
    const local = new LocalRouter({
      ...{ root, clock, random, environment, versions },
      ...{ deployment: name, route: router.route, control: routes },
    });
    return { router: local, journal: this.journalOf(config) };
  }

  journalOf(_config: DeploymentConfig): Journal {
    const { root, owner, clock } = this.#options;
    this.#local ??= new LocalJournal({ root, owner, clock });
    return this.#local;
  }

  /** Those whose deployments this process takes up. One that is not there is not created. */
  journals(): readonly Journal[] {
    const { root, owner, clock } = this.#options;
    if (!this.#local && !existsSync(deploymentsPath(root))) return [];
    this.#local ??= new LocalJournal({ root, owner, clock });
    return [this.#local];
  }

  close(): void {
    this.#local?.close();
  }

  /** Who controls a deployment; null where nobody does. */
  holderOf(deployment: string): string | null {
    return this.#local?.holderOf(deployment) ?? null;
  }
}
