import { existsSync } from 'node:fs';
import { deploymentsPath } from '../engine/deploy/journal/deploymentsFormat.ts';
import type { Journal } from '../engine/deploy/journal/journal.ts';
import { LocalJournal } from '../engine/deploy/journal/localJournal.ts';
import type { KubernetesJournal } from '../engine/deploy/routers/kubernetes/journal/kubernetesJournal.ts';
import { openCluster } from '../engine/deploy/routers/kubernetes/openCluster.ts';
import { LocalRouter } from '../engine/deploy/routers/local/localRouter.ts';
import type { RouteControl } from '../engine/deploy/routers/local/routeControl.ts';
import type { Router } from '../engine/deploy/routers/router.ts';
import type { Clock, Environment, Random } from '../engine/ports.ts';
import type { StoreAccess } from '../engine/store/file/connection.ts';
import type { Owner } from '../engine/store/lease.ts';
import type { DeploymentConfig } from '../engine/suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { KnownClusters } from './knownClusters.ts';

export interface PlacesOptions {
  root: string;
  /** Routes of the gateway. */
  routes: RouteControl;
  /** The gateway serves from then on. Rejects with UserErrors. */
  serveGateway(): Promise<void>;
  clock: Clock;
  random: Random;
  environment: Environment;
  /** For kubeconfigs and their plugins, which are the person's own: they are found as kubectl finds them. */
  cluster: Environment;
  owner: Owner;
  /** Of the journal on this machine; default: `write`. */
  access?: StoreAccess;
}

export interface OpenedPlace {
  router: Router;
  journal: Journal;
  /** Of the kubeconfig, which is confirmed by its name; null where nothing beyond this machine is steered. */
  context: string | null;
}

/** Routers and journals of deployments, by what each steers. */
export class DeploymentPlaces {
  readonly #options: PlacesOptions;
  readonly #known: KnownClusters;
  readonly #clusters = new Map<string, KubernetesJournal>();
  #local: LocalJournal | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
    this.#known = new KnownClusters(options.root, options.random);
  }

  /** Rejects with UserErrors where it cannot be steered from here. The router is closed by whoever opened it. */
  async open(_workspace: Workspace, config: DeploymentConfig): Promise<OpenedPlace> {
    const { root, routes, clock, random, environment, cluster, serveGateway } = this.#options;
    const { router, name, versions } = config;
    if (router.kind === 'kubernetes') {
      const options = { config: router, clock, random, environment: cluster, isTrusted: true };
      const { target, ...opened } = openCluster(options);
      return { ...opened, context: target.context };
    }
    await serveGateway();
    const local = new LocalRouter({
      ...{ root, clock, random, environment, versions },
      ...{ deployment: name, route: router.route, control: routes },
    });
    return { router: local, journal: this.journalOf(config), context: null };
  }

  journalOf(config: DeploymentConfig): Journal {
    return this.clusterJournalOf(config) ?? this.#localJournal();
  }

  /** Undefined for what is steered on this machine. Throws ConfigError. */
  clusterJournalOf({ name, router }: DeploymentConfig): KubernetesJournal | undefined {
    if (router.kind !== 'kubernetes') return undefined;
    const known = this.#clusters.get(name);
    if (known) return known;
    const { clock, random, cluster } = this.#options;
    const { journal } = openCluster({ config: router, clock, random, environment: cluster, isTrusted: true });
    this.#clusters.set(name, journal);
    return journal;
  }

  /** A person begins or steers this deployment from here: it is taken up here from now on. */
  remember({ name, router }: DeploymentConfig): void {
    if (router.kind === 'kubernetes') this.#known.add(name);
  }

  /** Of those to clusters. */
  get remembered(): readonly string[] {
    return this.#known.names();
  }

  /** Those whose deployments this process takes up. One that is not there is not created. */
  journals(): readonly Journal[] {
    const isThere = this.#local !== undefined || existsSync(deploymentsPath(this.#options.root));
    return isThere ? [this.#localJournal()] : [];
  }

  close(): void {
    this.#local?.close();
  }

  /** Who controls a deployment; null where nobody does. */
  holderOf(deployment: string): string | null {
    return this.#local?.holderOf(deployment) ?? null;
  }

  #localJournal(): LocalJournal {
    const { root, owner, clock, access = 'write' } = this.#options;
    this.#local ??= new LocalJournal({ root, owner, clock, access });
    return this.#local;
  }
}
