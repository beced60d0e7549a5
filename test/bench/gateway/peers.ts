import type { Measured } from './load.ts';
import { measured, type Passage, startGateway, startPeer, startPortkey, startUpstream } from './proxies.ts';

const ROUNDS = 3;
/** Added at the median by a client that asks alone, in milliseconds. */
const MOST_ADDED_MS = 0.5;

/** Requests a second and latency of everybody, by turns. Returns the limits that were missed. */
export async function benchPeers(seconds: number): Promise<string[]> {
  const upstream = await startUpstream();
  const peers = [
    await startPeer('http-proxy', upstream),
    await startPeer('http-proxy+body', upstream),
    await startPeer('fastify', upstream),
    await startPeer('fastify+body', upstream),
    await startPortkey(upstream),
  ].filter((peer) => peer !== undefined);
  const gateway = await startGateway(upstream);
  const all = [upstream, gateway, ...peers];

  const busy = await rounds(all, { loops: 32, seconds });
  const alone = await rounds(all, { loops: 1, seconds: Math.max(1, seconds / 2) });
  console.log(
    'one whole answer a request           32 connections: req/s    p50 ms    p99 ms     alone: p50 ms    p99 ms',
  );
  for (const { name } of all) print(name, busy.get(name), alone.get(name));
  for (const proxy of all.toReversed()) await proxy.stop();

  const ours = busy.get(gateway.name)?.perSecond ?? 0;
  const added = (alone.get(gateway.name)?.p50 ?? Number.NaN) - (alone.get(upstream.name)?.p50 ?? Number.NaN);
  console.log(`added at the median, alone: ${added.toFixed(2)} ms (limit ${MOST_ADDED_MS})`);
  const faster = peers.filter(
    ({ name }) => READS_BODIES.test(name) && (busy.get(name)?.perSecond ?? 0) > ours,
  );
  return [
    ...faster.map(({ name }) => `${name} passes more requests a second`),
    ...(added <= MOST_ADDED_MS ? [] : [`the gateway adds ${added.toFixed(2)} ms`]),
    ...all.filter(({ name }) => (busy.get(name)?.failed ?? 0) > 0).map(({ name }) => `${name} failed`),
  ];
}

/** Those that do the same work. */
const READS_BODIES = /\+body$|^portkey$/;

async function rounds(
  all: readonly Passage[],
  load: { loops: number; seconds: number },
): Promise<Map<string, Measured>> {
  const results = new Map<string, Measured[]>();
  for (let round = 0; round < ROUNDS; round += 1)
    for (const proxy of all) {
      const result = await measured(proxy, { model: 'fast', ...load });
      results.set(proxy.name, [...(results.get(proxy.name) ?? []), result]);
    }
  return new Map([...results].map(([name, each]) => [name, medianOf(each)]));
}

export function medianOf(each: readonly Measured[]): Measured {
  const median = (of: (one: Measured) => number) =>
    each.map(of).toSorted((a, b) => a - b)[each.length >> 1] ?? Number.NaN;
  return {
    perSecond: median((one) => one.perSecond),
    p50: median((one) => one.p50),
    p99: median((one) => one.p99),
    calls: each.reduce((sum, { calls }) => sum + calls, 0),
    failed: each.reduce((sum, { failed }) => sum + failed, 0),
  };
}

function print(name: string, busy: Measured | undefined, alone: Measured | undefined): void {
  const figure = (value = Number.NaN, width = 10, digits = 2) => value.toFixed(digits).padStart(width);
  console.log(
    `${name.padEnd(36)} ${figure(busy?.perSecond, 21, 0)} ${figure(busy?.p50)}${figure(busy?.p99)} ${figure(alone?.p50, 17)}${figure(alone?.p99)}`,
  );
}
