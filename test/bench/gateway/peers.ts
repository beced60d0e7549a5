import type { Measured } from './load.ts';
import { processorMs, untilIdle } from './processorTime.ts';
import {
  measured,
  type Passage,
  startGateway,
  startPeer,
  startPortkey,
  startUpstream,
  TRACES,
} from './proxies.ts';

const ROUNDS = 3;
/** Added at the median by a client that asks alone, in milliseconds. */
const MOST_ADDED_MS = 0.5;

/** What became of all requests to one of them. */
interface Row {
  passage: Passage;
  /** Whether it does what the gateway does: it reads both bodies, and keeps a trace with messages and tokens of each request. */
  isSameWork: boolean;
  busy: Measured[];
  alone: Measured[];
  /** Requests of all rounds, those that warm up included. */
  asked: number;
  processorMs: number | undefined;
}

/** Requests a second and latency of everybody, by turns. Returns the limits that were missed. */
export async function benchPeers(seconds: number): Promise<string[]> {
  const upstream = await startUpstream();
  const gateway = await startGateway(upstream);
  const peers = [];
  for (const kind of ['http-proxy', 'fastify'])
    for (const work of ['', '+body', TRACES]) peers.push(await startPeer(`${kind}${work}`, upstream));
  peers.push(await startPortkey(upstream));

  const passages = [upstream, gateway, ...peers.filter((peer) => peer !== undefined)];
  const rows = passages.map((passage): Row => {
    const isSameWork = passage === gateway || passage.name.endsWith(TRACES);
    return { passage, isSameWork, busy: [], alone: [], asked: 0, processorMs: 0 };
  });
  for (let round = 0; round < ROUNDS; round += 1)
    for (const row of rows) row.busy.push(await one(row, { loops: 32, seconds }));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const row of rows) row.alone.push(await one(row, { loops: 1, seconds: Math.max(1, seconds / 2) }));
  for (const { passage } of rows.toReversed()) await passage.stop();

  const [direct] = rows;
  console.log(
    '32 connections, one whole answer a request; then one client alone; traces in the store at the end',
  );
  console.log(
    'the same work: both bodies read, and a trace with messages and tokens of each request kept (marked *)\n',
  );
  console.log(
    `${''.padEnd(20)}${'req/s'.padStart(8)}${'p50 ms'.padStart(9)}${'p99 ms'.padStart(9)}${'alone p50'.padStart(12)}${'p99'.padStart(8)}${'added'.padStart(8)}${'µs CPU'.padStart(9)}  traces`,
  );
  for (const row of rows) print(row, medianOf(direct?.alone ?? []).p50);
  return missesOf(rows, medianOf(direct?.alone ?? []).p50);
}

/** A turn ends once nothing of it is left to be done. */
async function one(row: Row, load: { loops: number; seconds: number }): Promise<Measured> {
  const before = processorMs(row.passage);
  const { asked, ...result } = await measured(row.passage, { model: 'fast', ...load });
  await untilIdle(row.passage);
  const after = processorMs(row.passage);

  row.asked += asked;
  row.processorMs =
    row.processorMs === undefined || before === undefined || after === undefined
      ? undefined
      : row.processorMs + after - before;
  return result;
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

function print({ passage, isSameWork, busy, alone, asked, processorMs: ms }: Row, direct: number): void {
  const [all, one] = [medianOf(busy), medianOf(alone)];
  const figure = (value: number, width: number, digits = 2) => value.toFixed(digits).padStart(width);
  const figures = [
    figure(all.perSecond, 8, 0),
    figure(all.p50, 9),
    figure(all.p99, 9),
    figure(one.p50, 12),
    figure(one.p99, 8),
    figure(one.p50 - direct, 8),
    ms === undefined ? '–'.padStart(9) : figure((ms * 1_000) / asked, 9, 0),
  ];
  const kept = passage.traces?.();
  const lost = kept === undefined || kept === asked ? '' : `, ${asked - kept} lost`;
  console.log(
    `${`${passage.name}${isSameWork ? ' *' : ''}`.padEnd(20)}${figures.join('')}  ${kept === undefined ? '–' : `${kept} of ${asked}${lost}`}`,
  );
}

function missesOf(rows: readonly Row[], direct: number): string[] {
  const gateway = rows.find(({ passage }) => passage.name === 'gateway');
  if (!gateway) return ['the gateway did not run'];

  const ours = medianOf(gateway.busy).perSecond;
  const rivals = rows.filter((row) => row !== gateway && (row.isSameWork || row.passage.name === 'portkey'));
  const faster = rivals.filter(({ busy }) => medianOf(busy).perSecond > ours);
  const kept = gateway.passage.traces?.() ?? 0;
  const added = medianOf(gateway.alone).p50 - direct;
  const names = rivals.map(({ passage }) => passage.name).join(', ');
  console.log(`\nthe verdict goes by who does the same work or less of it as a gateway: ${names}`);
  console.log(`added at the median, alone: ${added.toFixed(2)} ms (limit ${MOST_ADDED_MS})`);
  return [
    ...faster.map(({ passage }) => `${passage.name} passes more requests a second`),
    ...(added <= MOST_ADDED_MS ? [] : [`the gateway adds ${added.toFixed(2)} ms`]),
    ...(kept === gateway.asked ? [] : [`the gateway kept ${kept} of ${gateway.asked} traces`]),
    ...rows
      .filter(({ busy, alone }) => medianOf([...busy, ...alone]).failed > 0)
      .map(({ passage }) => `${passage.name} failed`),
  ];
}
