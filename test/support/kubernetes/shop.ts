import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ClusterAccess } from '../../../src/engine/deploy/routers/kubernetes/cluster/clusterAccess.ts';
import { ClusterClient } from '../../../src/engine/deploy/routers/kubernetes/cluster/clusterClient.ts';
import { KubernetesRouter } from '../../../src/engine/deploy/routers/kubernetes/kubernetesRouter.ts';
import type { Pair } from '../../../src/engine/deploy/routers/router.ts';
import type { Version } from '../../../src/engine/deploy/sides.ts';
import { contentHash } from '../../../src/engine/model/hash.ts';
import type { JsonObject } from '../../../src/engine/model/json.ts';
import { type Clock, fixedEnvironment, systemClock } from '../../../src/engine/ports.ts';
import type { KubernetesConfig } from '../../../src/engine/suites/deploying/deploymentConfig.ts';
import { seededRandom } from '../seededRandom.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import { ApiServer, type ApiServerOptions } from './apiServer.ts';
import type { KubeObject } from './objectStore.ts';

export const SHOP: KubernetesConfig = {
  namespace: 'shop',
  deployment: 'support',
  service: 'support',
  httpRoute: 'support',
};

/** A version that is an image, e.g. `agent:2`. */
export function imageVersion(image: string, environment: { [name: string]: string } = {}): Version {
  const target = { kind: 'image' as const, image, environment };
  return { name: image.replace(':', '-'), target, digest: contentHash(target) };
}

/** A cluster where `agent:1` serves all of the route, with what belongs to somebody else around it. */
export async function startShop(options: ApiServerOptions = {}): Promise<Shop> {
  const server = await ApiServer.start(options);
  for (const object of objects()) server.put(object);
  return new Shop(server, options.clock ?? systemClock);
}

export class Shop {
  readonly server: ApiServer;
  readonly #clock: Clock;
  readonly #routers: KubernetesRouter[] = [];
  readonly kubeconfig: string;

  constructor(server: ApiServer, clock: Clock) {
    this.server = server;
    this.#clock = clock;
    this.kubeconfig = path.join(temporaryFolder(), 'kubeconfig');
    writeFileSync(this.kubeconfig, server.kubeconfig());
  }

  client(): ClusterClient {
    const access = new ClusterAccess({
      environment: fixedEnvironment({ KUBECONFIG: this.kubeconfig }),
      clock: this.#clock,
      context: undefined,
      namespace: SHOP.namespace,
      mayRunPlugins: false,
    });
    return new ClusterClient(access, this.#clock);
  }

  router(config: KubernetesConfig = SHOP): KubernetesRouter {
    const router = new KubernetesRouter({
      config,
      client: this.client(),
      clock: this.#clock,
      random: { next: seededRandom(1), hex: (bytes) => randomBytes(bytes).toString('hex') },
    });
    this.#routers.push(router);
    return router;
  }

  /** Of what serves now, and `agent:2`. */
  async pair(green: Version = imageVersion('agent:2')): Promise<Pair> {
    return { blue: await this.router().current(new AbortController().signal), green };
  }

  /** The weights of the first rule by the name of the Service. */
  weights(rule = 0): { [service: string]: number } {
    const refs = this.rules()[rule]?.['backendRefs'] as { name: string; weight: number }[];
    return Object.fromEntries(refs.map(({ name, weight }) => [name, weight]));
  }

  rules(): JsonObject[] {
    const { rules = [] } = (this.server.get('httproutes', 'support')?.['spec'] ?? {}) as {
      rules?: JsonObject[];
    };
    return rules;
  }

  /** Somebody else changes an object. */
  edit(plural: string, name: string, change: (object: KubeObject) => void): void {
    const object = this.server.get(plural, name);
    if (!object) throw new Error(`no ${plural} ${name}`);
    change(object);
    this.server.put(object);
  }

  async close(): Promise<void> {
    for (const router of this.#routers) await router.close();
    await this.server.close();
  }
}

function objects(): KubeObject[] {
  const labels = { app: 'support', team: 'care' };
  const container = {
    name: 'agent',
    image: 'agent:1',
    ports: [{ containerPort: 8080, protocol: 'TCP' }],
    env: [
      { name: 'LOG', value: 'info' },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'agent', key: 'key' } } },
    ],
  };
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'support',
        namespace: 'shop',
        labels: { 'app.kubernetes.io/instance': 'argo' },
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'support' } },
        template: { metadata: { labels }, spec: { containers: [container] } },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'support', namespace: 'shop' },
      spec: {
        type: 'NodePort',
        clusterIP: '10.0.0.7',
        selector: { app: 'support' },
        ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP', nodePort: 30080 }],
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'support', namespace: 'shop' },
      spec: {
        parentRefs: [{ name: 'gateway' }],
        hostnames: ['support.example.com'],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            filters: [
              {
                type: 'RequestHeaderModifier',
                requestHeaderModifier: { set: [{ name: 'x-shop', value: '1' }] },
              },
            ],
            backendRefs: [{ group: '', kind: 'Service', name: 'support', port: 80, weight: 1 }],
          },
          {
            matches: [{ path: { type: 'PathPrefix', value: '/legacy' } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'legacy', port: 80, weight: 1 }],
          },
        ],
      },
    },
  ];
}
