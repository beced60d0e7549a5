import { parentPort, workerData } from 'node:worker_threads';
import type { LocalServer } from '../engine/http/server/serverShell.ts';
import { withoutGateway } from '../engine/model/gatewayVariables.ts';
import { fixedEnvironment, processEnvironment, systemClock } from '../engine/ports.ts';
import { systemRandom } from '../systemRandom.ts';
import type { FromGateway, GatewayOrder, GatewayThreadData, ServedAt, ToGateway } from './gatewayOrders.ts';
import { plainError, toError } from './gatewayOrders.ts';
import type { OpenedGateway } from './liveGateway.ts';
import { openGateway } from './openGateway.ts';

// The other end of gatewayThread.ts.

/** How often a change is told, in milliseconds. */
const TELL_MS = 200;

const { root, mayReadKeys } = workerData as GatewayThreadData;
const waiting = new Map<number, PromiseWithResolvers<unknown>>();
const servers = new Map<number, LocalServer>();
let lastId = 0;
let isTelling = false;

const opening = openGateway(
  {
    root,
    environment: mayReadKeys ? withoutGateway(processEnvironment) : fixedEnvironment({}),
    secrets: { get: async (key, signal) => asKey(await ask((id) => ({ kind: 'key', id, key }), signal)) },
    clock: systemClock,
    random: systemRandom,
    onChange: () => void tellSoon(),
    onBug: (error) => send({ kind: 'bug', error: plainError(error) }),
  },
  { keep: (written) => ask((id) => ({ kind: 'spans', id, written }), undefined, [written.buffer]) },
);

parentPort?.on('message', (message: ToGateway) => {
  if (message.kind === 'order') return void carryOut(message.id, message.order);
  const asked = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.ok) asked?.resolve(message.value);
  else asked?.reject(toError(message.error));
});

async function carryOut(id: number, order: GatewayOrder): Promise<void> {
  try {
    const gateway = await opening;
    const value = await done(gateway, order);
    send({ kind: 'answer', id, ok: true, value, status: gateway.status });
  } catch (error) {
    const status = await opening
      .then((gateway) => gateway.status)
      .catch(() => ({ routes: [], problem: null }));
    send({ kind: 'answer', id, ok: false, error: plainError(error), status });
  }
}

async function done(gateway: OpenedGateway, order: GatewayOrder): Promise<unknown> {
  switch (order.do) {
    case 'use':
      return gateway.use(order.workspace);
    case 'serve':
      return serve(gateway, order);
    case 'end':
      await servers.get(order.server)?.close(order.graceMs);
      return servers.delete(order.server);
    case 'weights':
      return gateway.setWeights(order.route, order.weights);
    case 'route':
      return gateway.armsOf(order.route);
    case 'arms':
      return gateway.setArms(order.route, order.arms, order.revision);
    case 'mirror':
      return gateway.mirror(order.route, order.shadow);
    case 'stopMirroring':
      return gateway.stopMirroring(order.route);
    case 'look':
      return gateway.look();
    case 'close':
      return gateway.close();
  }
}

async function serve(
  gateway: OpenedGateway,
  { port, token }: { port: number; token: string },
): Promise<ServedAt> {
  const served = await gateway.serve({ port, token });
  const server = ++lastId;
  servers.set(server, served);
  return { server, address: served.address, port: served.port };
}

/** Something of the other end. */
function ask(
  message: (id: number) => FromGateway,
  signal?: AbortSignal,
  given: ArrayBuffer[] = [],
): Promise<unknown> {
  signal?.throwIfAborted();
  const id = ++lastId;
  const answer = Promise.withResolvers<unknown>();
  waiting.set(id, answer);
  signal?.addEventListener('abort', () => answer.reject(signal.reason), { once: true });
  send(message(id), given);
  return answer.promise;
}

function asKey(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

async function tellSoon(): Promise<void> {
  if (isTelling) return;
  isTelling = true;
  await systemClock.sleep(TELL_MS);
  isTelling = false;
  const { status } = await opening;
  send({ kind: 'status', status });
}

/** What is given away is not copied. */
function send(message: FromGateway, given: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, given);
}
