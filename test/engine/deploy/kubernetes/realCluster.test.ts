import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { ClusterAccess } from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterAccess.ts';
import { ClusterClient } from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterClient.ts';
import {
  type ClusterKind,
  DEPLOYMENT,
  HTTP_ROUTE,
  SERVICE,
} from '../../../../src/engine/deploy/routers/kubernetes/cluster/clusterObject.ts';
import { openCluster } from '../../../../src/engine/deploy/routers/kubernetes/openCluster.ts';
import { processEnvironment, systemClock } from '../../../../src/engine/ports.ts';
import { systemRandom } from '../../../../src/systemRandom.ts';
import { imageVersion } from '../../../support/kubernetes/shop.ts';
import { skip } from '../../../support/skip.ts';

const { signal } = new AbortController();
const VARIABLE = 'TOUCHSTONE_TEST_CLUSTER';
/** Does nothing for ever, and is on every node. */
const image = (tag: string) => `registry.k8s.io/pause:${tag}`;
const NAME = 'touchstone-test';

/** Against a cluster with the Gateway API: KUBECONFIG, and its context in TOUCHSTONE_TEST_CLUSTER as `context/namespace`. */
describe('the router at a real cluster', function () {
  this.timeout(300_000);
  let client: ClusterClient;
  let cluster: ReturnType<typeof openCluster>;

  before(async function () {
    const named = process.env[VARIABLE];
    if (named === undefined) skip(this, `${VARIABLE} names no test cluster`);
    const [context = '', namespace = 'default'] = named.split('/');
    const config = { context, namespace, deployment: NAME, service: NAME, httpRoute: NAME };
    const ports = { environment: processEnvironment, clock: systemClock };
    client = new ClusterClient(
      new ClusterAccess({ ...ports, context, namespace, mayRunPlugins: true }),
      systemClock,
    );
    cluster = openCluster({ config, ...ports, random: systemRandom, isTrusted: true });
    await removeAll();
    await make(DEPLOYMENT, {
      replicas: 2,
      selector: { matchLabels: { app: NAME } },
      template: {
        metadata: { labels: { app: NAME } },
        spec: { containers: [{ name: 'agent', image: image('3.9') }] },
      },
    });
    await make(SERVICE, { selector: { app: NAME }, ports: [{ port: 80 }] });
    await make(HTTP_ROUTE, { rules: [{ backendRefs: [{ name: NAME, port: 80 }] }] });
  });
  after(async () => {
    if (client) await removeAll();
    await cluster?.router.close();
  });

  const make = async (kind: ClusterKind, spec: object) => {
    const body = {
      apiVersion: kind.apiVersion,
      kind: kind.kind,
      metadata: { name: NAME },
      spec: JSON.parse(JSON.stringify(spec)),
    };
    await client.create(kind, body, signal);
  };
  const removeAll = async () => {
    for (const kind of [HTTP_ROUTE, SERVICE, DEPLOYMENT]) {
      const found = await client.get(kind, NAME, signal);
      if (found) await client.remove(kind, found, signal);
    }
  };

  it('makes green, moves the weights and takes both back', async () => {
    const { router } = cluster;
    const pair = { blue: await router.current(signal), green: imageVersion(image('3.10')) };
    await router.start(pair, signal);
    while ((await router.observe(pair, signal)).green.state !== 'ready') await router.changed(5_000, signal);
    for (const green of [1, 50, 100, 0]) {
      await router.setWeights(pair, { blue: 100 - green, green }, signal);
      const seen = await router.observe(pair, signal);
      assert.deepEqual([seen.weights, seen.drift], [{ blue: 100 - green, green }, []]);
    }
    await router.stop(pair, 'green', 0, signal);
    assert.equal((await router.observe(pair, signal)).blue.state, 'ready');
  });

  it('keeps the journal and the lease', async () => {
    const { journal } = cluster;
    assert.deepEqual(await journal.hold(NAME, 'test', 5_000, signal), { isHeld: true });
    const after = (await journal.read(NAME, signal)).at(-1)?.seq ?? 0;
    await journal.append(NAME, { kind: 'note', atMs: 1, by: 'test', text: 'hello', data: {} }, after, signal);
    await journal.release(NAME, 'test', signal);
  });
});
