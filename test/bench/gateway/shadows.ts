import { medianOf } from './peers.ts';
import { measured, startGateway, startUpstream } from './proxies.ts';

const ROUNDS = 3;
/** Of calls by turns on one machine: what differs by less than this is the same. */
const NOISE = 1.25;

/** The primary's latency without a shadow, and with one that misbehaves. Returns the limits that were missed. */
export async function benchShadows(seconds: number): Promise<string[]> {
  const upstream = await startUpstream();
  const gateways = [];
  for (const shadow of [undefined, 'hang', 'fail', 'drip'])
    gateways.push(await startGateway(upstream, shadow));

  const each = gateways.map((gateway) => ({ gateway, rounds: [] as Awaited<ReturnType<typeof measured>>[] }));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const { gateway, rounds } of each)
      rounds.push(await measured(gateway, { model: 'fast', loops: 8, seconds }));

  const results = each.map(({ gateway, rounds }) => ({ name: gateway.name, ...medianOf(rounds) }));
  const [without] = results;
  console.log('\nprimary at 8 connections       req/s    p50 ms    p99 ms');
  for (const { name, perSecond, p50, p99 } of results)
    console.log(
      `${name.padEnd(24)} ${perSecond.toFixed(0).padStart(11)}${p50.toFixed(2).padStart(10)}${p99.toFixed(2).padStart(10)}`,
    );
  for (const gateway of gateways) await gateway.stop();
  await upstream.stop();

  return results
    .slice(1)
    .filter(({ p50, p99 }) => without && (p50 > without.p50 * NOISE || p99 > without.p99 * NOISE))
    .map(({ name }) => `the primary is slower with ${name}`);
}
