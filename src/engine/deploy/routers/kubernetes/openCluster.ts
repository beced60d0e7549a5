import type { Clock, Environment, Random } from '../../../ports.ts';
import type { KubernetesConfig } from '../../../suites/deploying/deploymentConfig.ts';
import { ClusterAccess } from './cluster/clusterAccess.ts';
import { ClusterClient } from './cluster/clusterClient.ts';
import type { ClusterTarget } from './cluster/clusterTarget.ts';
import { KubernetesJournal } from './journal/kubernetesJournal.ts';
import { KubernetesRouter } from './kubernetesRouter.ts';

export interface ClusterOptions {
  config: KubernetesConfig;
  /** Where the kubeconfig is looked for, and what its plugins get. */
  environment: Environment;
  clock: Clock;
  random: Random;
  /** The person trusts the workspace. */
  isTrusted: boolean;
}

/** What a deployment to a cluster needs. Nothing is asked before the first call. Throws ConfigError. */
export function openCluster({ config, environment, clock, random, isTrusted }: ClusterOptions): {
  target: ClusterTarget;
  router: KubernetesRouter;
  journal: KubernetesJournal;
} {
  const { context, namespace } = config;
  const access = new ClusterAccess({ environment, clock, context, namespace, mayRunPlugins: isTrusted });
  const client = new ClusterClient(access, clock);
  return {
    target: client.target,
    router: new KubernetesRouter({ config, client, clock, random }),
    journal: new KubernetesJournal(client, clock),
  };
}
