import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { RouteControl } from '../../src/engine/deploy/routers/local/routeControl.ts';
import { fixedEnvironment, noLog, systemClock } from '../../src/engine/ports.ts';
import { loadWorkspace } from '../../src/engine/suites/loadWorkspace.ts';
import { processOwner } from '../../src/processOwner.ts';
import { WorkspaceDesk } from '../../src/services/deploymentDesk.ts';
import { DeploymentPlaces } from '../../src/services/deploymentPlaces.ts';
import { systemRandom } from '../../src/systemRandom.ts';
import { type Shop, startShop } from '../support/kubernetes/shop.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

const { signal } = new AbortController();
const CONFIG = `deployments:
  support:
    kubernetes: { namespace: shop, deployment: support, service: support, http_route: support }
    versions:
      next: { image: "agent:2" }
`;

describe('deployments to clusters in the services process', () => {
  let shop: Shop | undefined;
  afterEach(async () => {
    await shop?.close();
    shop = undefined;
  });

  const noRoutes: RouteControl = {
    read: () => Promise.reject(new Error('no gateway')),
    setArms: () => Promise.reject(new Error('no gateway')),
  };
  const desk = (root: string, kubeconfig: string) => {
    const ports = {
      root,
      clock: systemClock,
      random: systemRandom,
      environment: fixedEnvironment({}),
      owner: processOwner(),
    };
    const cluster = fixedEnvironment({ KUBECONFIG: kubeconfig });
    const places = new DeploymentPlaces({
      ...ports,
      cluster,
      routes: noRoutes,
      serveGateway: async () => {},
    });
    const load = () => loadWorkspace({ root, environment: ports.environment, signal });
    return new WorkspaceDesk({ ...ports, places, load, log: noLog, holder: 'test', onMonitors: () => {} });
  };

  it('names cluster, context and namespace before anything is changed, and begins in the cluster', async () => {
    shop = await startShop();
    const root = temporaryFolder({ 'touchstone.yaml': CONFIG });
    const own = desk(root, shop.kubeconfig);
    const plan = await own.plan({ deployment: 'support', to: 'next' }, signal);
    assert.deepEqual([plan.context, plan.from, plan.to], ['scripted', 'support', 'next']);
    assert.match(plan.where, /^HTTPRoute shop\/support in context scripted \(http:\S+, namespace shop\)$/);
    assert.deepEqual(shop.server.names('configmaps'), []);

    await assert.rejects(
      own.begin({ deployment: 'support', to: 'next', where: 'elsewhere' }, signal),
      /would be steered/,
    );
    assert.deepEqual(shop.server.names('configmaps'), []);
    await own.begin({ deployment: 'support', to: 'next', where: plan.where }, signal);
    assert.deepEqual(shop.server.names('configmaps'), ['touchstone-support']);
    assert.deepEqual(
      (await desk(root, shop.kubeconfig).statuses(signal)).map(({ phase }) => phase),
      ['preparing'],
    );
  });

  it('asks no cluster, and takes up nothing, that nobody has steered from here', async () => {
    shop = await startShop();
    const first = desk(temporaryFolder({ 'touchstone.yaml': CONFIG }), shop.kubeconfig);
    const { where } = await first.plan({ deployment: 'support', to: 'next' }, signal);
    await first.begin({ deployment: 'support', to: 'next', where }, signal);

    const elsewhere = desk(temporaryFolder({ 'touchstone.yaml': CONFIG }), shop.kubeconfig);
    const before = shop.server.answered.length;
    assert.deepEqual(await elsewhere.statuses(signal), []);
    assert.equal(shop.server.answered.length, before);
    await elsewhere.act({ deployment: 'support', action: 'pause' }, signal);
    assert.equal((await elsewhere.statuses(signal)).length, 1);
  });

  it('shows the others where a cluster cannot be asked', async () => {
    shop = await startShop();
    const own = desk(temporaryFolder({ 'touchstone.yaml': CONFIG }), shop.kubeconfig);
    const { where } = await own.plan({ deployment: 'support', to: 'next' }, signal);
    await own.begin({ deployment: 'support', to: 'next', where }, signal);
    await shop.close();
    assert.deepEqual(await own.statuses(signal), []);
    shop = undefined;
  });
});
