import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatewayRoutes } from '../../../src/engine/deploy/routers/local/gatewayRoutes.ts';
import {
  LocalRouter,
  type LocalRouterOptions,
} from '../../../src/engine/deploy/routers/local/localRouter.ts';
import type { RouteControl } from '../../../src/engine/deploy/routers/local/routeControl.ts';
import type { Side } from '../../../src/engine/deploy/sides.ts';
import { versionOf } from '../../../src/engine/deploy/versionOf.ts';
import { WeightFile } from '../../../src/engine/gateway/routes/weightFile.ts';
import { fixedEnvironment, systemClock } from '../../../src/engine/ports.ts';
import type { VersionConfig, VersionTarget } from '../../../src/engine/suites/deploying/deploymentConfig.ts';
import type { ArmConfig } from '../../../src/engine/suites/gateway/gatewayConfig.ts';
import { systemRandom } from '../../../src/systemRandom.ts';
import { route, send, startGateway, TOKEN } from '../gateway/testGateway.ts';
import { temporaryFolder } from '../temporaryFolder.ts';
import type { RouterWorld } from './routerConformance.ts';

const PROGRAM = fileURLToPath(new URL('agentProgram.mjs', import.meta.url));
const never = new AbortController().signal;

export interface LocalWorld extends RouterWorld {
  root: string;
  options: LocalRouterOptions;
  control: RouteControl;
  router: LocalRouter;
  reopen(): LocalRouter;
  /** The text of an answer of a version's program. */
  read(side: Side, where: string): Promise<string>;
  agentUrl(side: Side): Promise<string>;
}

export function agentProgram(name: string, root: string): VersionTarget & { kind: 'program' } {
  const command = [process.execPath, PROGRAM, name, root];
  return {
    kind: 'program',
    command,
    portVariable: 'PORT',
    environment: { DECLARED: name, PASSED: '${env:SECRET}' },
    readyPath: '/health',
  };
}

/** A gateway with a route to an agent, another route, and a deployment of programs or of agents that others run. */
export async function openLocalWorld(kind: 'programs' | 'urls'): Promise<LocalWorld> {
  const root = temporaryFolder();
  const servers = kind === 'urls' ? { blue: agentServer('older'), green: agentServer('newer') } : null;
  const ports = servers && { blue: await listen(servers.blue), green: await listen(servers.green) };
  servers?.green.close();

  const targetOf = (side: Side, name: string): VersionTarget =>
    ports ? { kind: 'url', url: `http://127.0.0.1:${ports[side]}` } : agentProgram(name, root);
  const versions: VersionConfig[] = [
    { name: 'older', what: targetOf('blue', 'older') },
    { name: 'newer', what: targetOf('green', 'newer') },
  ];
  const pair = {
    blue: versionOf('older', targetOf('blue', 'older'), root),
    green: versionOf('newer', targetOf('green', 'newer'), root),
  };
  const spare: ArmConfig = { name: 'spare', weight: 0, target: { kind: 'agent', url: 'http://127.0.0.1:2' } };
  const first: ArmConfig = {
    name: ports ? 'older' : 'first',
    weight: 1,
    target: { kind: 'agent', url: `http://127.0.0.1:${ports?.blue ?? 1}` },
  };
  const config = {
    routes: [
      route({ name: 'desk', match: { path: '/agents/desk' }, arms: [first, spare] }),
      route({ name: 'other', arms: [{ ...spare, weight: 3 }] }),
    ],
  };
  const gateway = await startGateway({ config, weights: new WeightFile(root, systemRandom) });
  const place = { endpoint: `http://127.0.0.1:${gateway.server.port}`, token: TOKEN };
  const control = gatewayRoutes({
    armsOf: (name) => gateway.gateway.armsOf(name),
    setArms: (name, arms, revision) => gateway.gateway.setArms(name, arms, revision),
    place,
  });
  const failing = failingControl(control);
  const options: LocalRouterOptions = {
    ...{ root, route: 'desk', deployment: 'desk', versions, control: failing.control, clock: systemClock },
    random: systemRandom,
    environment: fixedEnvironment({ PATH: process.env['PATH'] ?? '', SECRET: 'sk-1' }),
  };
  const open = () => new LocalRouter(options);

  const world: LocalWorld = {
    ...{
      root,
      options,
      control,
      pair,
      startsVersions: ports === null,
      router: open(),
      reopen: open,
      failAt: failing.failAt,
    },

    async makeReady() {
      if (servers && ports && !servers.green.listening) await listen(servers.green, ports.green);
      writeFileSync(path.join(root, 'newer.ready'), '');
    },

    async breakDown() {
      rmSync(path.join(root, 'newer.ready'), { force: true });
      servers?.green.closeAllConnections();
      servers?.green.close();
    },

    async foreign() {
      const [desk, other] = gateway.gateway.status().routes;
      const others = desk?.arms.filter(({ arm }) => arm !== 'older' && arm !== 'newer');
      return [others, other?.arms].map((arms) =>
        arms?.map(({ arm, target, weight }) => [arm, target, weight]),
      );
    },

    async disturb() {
      gateway.gateway.setWeights('desk', { spare: 5 });
    },

    async isRunning(side) {
      if (servers) return servers[side].listening;
      const url = urlOf(await control.read('desk', never), pair[side].name);
      return (
        url !== undefined &&
        (await fetch(url)
          .then((reply) => reply.ok)
          .catch(() => false))
      );
    },

    async traffic(count) {
      const answers: string[] = [];
      for (let at = 0; at < count; at += 1)
        answers.push((await send(gateway, { path: '/agents/desk', body: {} })).body.toString());
      const of = (name: string) => answers.filter((answer) => answer === name).length;
      return { blue: of('older'), green: of('newer') };
    },

    async holdRequest() {
      writeFileSync(path.join(root, 'hold'), '');
      const came = Promise.withResolvers<void>();
      const answer = send(gateway, { path: '/agents/desk/hold', body: {}, onBytes: () => came.resolve() });
      await came.promise;
      return async () => {
        rmSync(path.join(root, 'hold'), { force: true });
        await answer;
      };
    },

    async agentUrl(side) {
      const url = urlOf(await control.read('desk', never), pair[side].name);
      if (url === undefined) throw new Error(`the route does not name ${pair[side].name}`);
      return url;
    },

    async read(side, where) {
      return await (await fetch(`${await world.agentUrl(side)}${where}`)).text();
    },

    async close() {
      failing.failAt(null, 'before');
      rmSync(path.join(root, 'hold'), { force: true });
      const { arms, revision } = await control.read('desk', never);
      await control.setArms('desk', [...arms.map((arm) => ({ ...arm, weight: 0 }))], revision, never);
      for (const side of ['blue', 'green'] as const) await open().stop(pair, side, 0, never);
      await gateway.close();
      for (const server of [servers?.blue, servers?.green]) {
        server?.closeAllConnections();
        server?.close();
      }
    },
  };
  if (!ports) await serveOlder(world);
  return world;

  /** As an earlier deployment has left it. */
  async function serveOlder({ router }: LocalWorld): Promise<void> {
    const earlier = { blue: await router.current(never), green: pair.blue };
    writeFileSync(path.join(root, 'older.ready'), '');
    await router.start(earlier, never);
    while ((await router.observe(earlier, never)).green.state !== 'ready')
      await new Promise((resolve) => setTimeout(resolve, 25));
    await router.setWeights(earlier, { blue: 0, green: 100 }, never);
    await router.settle(earlier, never);
  }

  function agentServer(name: string): Server {
    const { existsSync } = process.getBuiltinModule('node:fs');
    return createServer(async (request, response) => {
      response.write(name);
      while (request.url?.endsWith('/hold') && existsSync(path.join(root, 'hold')))
        await new Promise((resolve) => setTimeout(resolve, 20));
      response.end();
    });
  }
}

function urlOf({ arms }: { arms: readonly ArmConfig[] }, name: string): string | undefined {
  const target = arms.find((arm) => arm.name === name)?.target;
  return target?.kind === 'agent' ? target.url : undefined;
}

function listen(server: Server, port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : 0);
    });
  });
}

/** Fails at one of its operations, once: before it is done, or when it was done and the answer is lost. */
function failingControl(control: RouteControl): { control: RouteControl; failAt: RouterWorld['failAt'] } {
  let left: number | null = null;
  let fails: 'before' | 'after' = 'before';
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    const isNow = left === 0;
    if (left !== null) left -= 1;
    if (isNow && fails === 'before') throw new Error('the other side is away');
    const done = await work();
    if (isNow) throw new Error('the answer is lost');
    return done;
  };
  return {
    control: {
      read: (...asked) => counted(() => control.read(...asked)),
      setArms: (...asked) => counted(() => control.setArms(...asked)),
    },
    failAt: (at, when) => {
      left = at;
      fails = when;
    },
  };
}
