import { isDeepStrictEqual } from 'node:util';
import { namesOf } from '../../../src/engine/deploy/routers/kubernetes/versions/versionNames.ts';
import type { JsonObject } from '../../../src/engine/model/json.ts';
import type { RouterWorld } from '../deploy/routerConformance.ts';
import { imageVersion, SHOP, startShop } from './shop.ts';

const IMAGES = { blue: 'agent:1', green: 'agent:2' };

/** A scripted cluster as the conformance suite of routers wants it. */
export async function openKubernetesWorld(): Promise<RouterWorld> {
  const shop = await startShop();
  const { server } = shop;
  server.workloads.behave(IMAGES.green, { kind: 'never' });
  const pair = await shop.pair(imageVersion(IMAGES.green));
  const names = { blue: 'support', green: namesOf(SHOP, pair.green).deployment };

  /** What Touchstone has made, and the two weights, are not others'. */
  const foreign = () => {
    const rules = shop.rules().map((rule) => {
      const others = ((rule['backendRefs'] ?? []) as JsonObject[]).filter(
        ({ name }) => name !== names.blue && name !== names.green,
      );
      return { ...rule, backendRefs: others };
    });
    const spec = server.get('httproutes', 'support')?.['spec'] as JsonObject;
    const { spec: deployment = null } = server.get('deployments', 'support') ?? { spec: null };
    const { spec: service = null } = server.get('services', 'support') ?? { spec: null };
    return structuredClone({ route: { ...spec, rules }, deployment, service });
  };

  return {
    router: shop.router(),
    startsVersions: true,
    pair,
    reopen: () => shop.router(),
    makeReady: async () => server.workloads.become(IMAGES.green, { kind: 'ready', afterMs: 0 }),
    breakDown: async () => server.workloads.become(IMAGES.green, { kind: 'crash-loop', restarts: 5 }),
    foreign: async () => foreign(),
    disturb: async () => {
      const before = foreign();
      shop.edit('httproutes', 'support', (route) => {
        const { rules } = route['spec'] as { rules: JsonObject[] };
        const [first] = rules;
        if (first) first['filters'] = [{ type: 'RequestRedirect', requestRedirect: { port: 8443 } }];
        rules.push({ matches: [{ path: { type: 'Exact', value: '/new' } }], backendRefs: [] });
      });
      if (isDeepStrictEqual(before, foreign())) throw new Error('nothing was disturbed');
    },
    failAt: (at, when) => server.failAt(at, when),
    isRunning: async (side) => {
      const pods = server.store.list(server.kind('pods'), 'shop');
      return pods.some(
        ({ metadata }) =>
          metadata.name.startsWith(`${names[side]}-`) &&
          (side === 'green' || !metadata.name.startsWith(`${names.green}-`)),
      );
    },
    close: async () => await shop.close(),
  };
}
