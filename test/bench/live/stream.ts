import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { servicesFiles } from '../../../src/engine/attach/servicesFiles.ts';
import { readLease } from '../../../src/engine/attach/servicesLease.ts';
import { systemClock } from '../../../src/engine/ports.ts';
import { traceStorePath } from '../../../src/engine/traces/traceStoreFormat.ts';
import type { StreamStatus } from '../../../src/protocol/servicesCalls.ts';
import { ServicesLink } from '../../../src/services/servicesLink.ts';
import { startOpenAiServer } from '../../support/openaiServer.ts';
import { agentRequest } from '../../support/otlp/agentSpans.ts';
import { encodeRequest } from '../../support/otlp/encodeRequest.ts';
import { temporaryFolder } from '../../support/temporaryFolder.ts';

const SPANS_A_SECOND = 1_000;
const BATCH = 20;
/** From the arrival of a span to its evaluation at a subscriber, p95, in milliseconds. */
const LIMIT_MS = 100;
/** How much slower the receiver may answer with slow subscribers and a judge that hangs; below `NOISE_MS` nothing is compared. */
const LIMIT_RATIO = 1.5;
const NOISE_MS = 10;
const SLOW = 10;
const CLI = path.join(import.meta.dirname, '..', '..', '..', 'src', 'cli.ts');

interface Round {
  /** Milliseconds. */
  toEvaluation: number[];
  toSubscriber: number[];
  toAnswer: number[];
  sent: number;
  told: number;
  stream: StreamStatus;
}

/** Returns what was missed. */
export async function benchStream(seconds: number): Promise<string[]> {
  const calm = await round(seconds, { slow: 0, judge: false });
  show('1 subscriber', calm);
  const rough = await round(seconds, { slow: SLOW, judge: true });
  show(`${SLOW} more that do not read, and a judge that hangs`, rough);

  const answered = [calm, rough].map(({ toAnswer }) => quantile(toAnswer, 0.95));
  const [before = 0, after = 0] = answered;
  const ratio = Math.max(after, NOISE_MS) / Math.max(before, NOISE_MS);
  const share = Math.max(quantile(calm.toSubscriber, 0.95), quantile(rough.toSubscriber, 0.95)) / LIMIT_MS;
  console.log(
    `p95 from arrival to subscriber: ${share.toFixed(2)} of ${LIMIT_MS} ms; p95 of the receiver: × ${ratio.toFixed(2)}`,
  );

  return [
    ...(share <= 1 ? [] : [`a subscriber hears after more than ${LIMIT_MS} ms`]),
    ...(ratio <= LIMIT_RATIO ? [] : [`the receiver answers ${ratio.toFixed(2)} times as slowly`]),
    ...lossesOf(calm, 0),
    ...lossesOf(rough, SLOW),
  ];
}

/** Everything is told, evaluated, pending, or counted as dropped. */
function lossesOf({ sent, told, stream }: Round, slow: number): string[] {
  const expected = 2 * sent;
  const uncounted = stream.subscribers.filter(
    ({ taken, queued, dropped }) => taken + queued + dropped !== expected,
  );
  const lost = stream.subscribers.filter(({ dropped }) => dropped > 0).length;
  const judged = stream.monitors.find(({ monitor }) => monitor === 'judged');
  const accounted = judged ? judged.evaluated + judged.pending + (judged.dropped['queue'] ?? 0) : sent;
  return [
    ...(told === expected ? [] : [`${told} of ${expected} evaluations were told to the fast subscriber`]),
    ...(uncounted.length === 0 ? [] : [`${uncounted.length} subscribers lost what is not counted`]),
    ...(lost === slow ? [] : [`${lost} of ${slow} slow subscribers lost something`]),
    ...(accounted === sent ? [] : [`${accounted} of ${sent} evaluations of the judge are accounted for`]),
  ];
}

async function round(seconds: number, { slow, judge }: { slow: number; judge: boolean }): Promise<Round> {
  const server = await startOpenAiServer(() => ({ hang: true }));
  const root = temporaryFolder({ 'touchstone.yaml': configuration(server.baseUrl, judge) });
  const child = spawn(process.execPath, [CLI, 'serve', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const port = Number(/:(\d+)/.exec(String(line))?.[1]);
  const token = readLease(servicesFiles(root).lease)?.token ?? '';

  const heard = new Map<string, number>();
  const open = await Promise.all(Array.from({ length: slow + 1 }, () => follow(port, token)));
  let told = 0;
  const [fast] = open;
  listen(fast, (spanId) => {
    told += 1;
    if (!heard.has(spanId)) heard.set(spanId, Date.now());
  });

  const { sent, toAnswer } = await send(port, seconds);
  for (let turn = 0; turn < 100 && told < 2 * sent; turn++) await wait(50);
  const link = await ServicesLink.find(root, { client: 'terminal', clock: systemClock });
  const { stream } = (await link?.call('services/status', {})) ?? {
    stream: { monitors: [], behind: 0, problem: null, subscribers: [] },
  };
  link?.close();
  for (const one of open) one.destroy();

  const rows = arrivals(traceStorePath(root));
  child.kill('SIGTERM');
  await once(child, 'exit');
  await server.close();
  return {
    ...{ sent, told, toAnswer, stream },
    toEvaluation: rows.map(({ atMs, arrivedMs }) => atMs - arrivedMs),
    toSubscriber: rows.flatMap(({ spanId, arrivedMs }) => {
      const at = heard.get(spanId);
      return at === undefined ? [] : [at - arrivedMs];
    }),
  };
}

function configuration(baseUrl: string, judge: boolean): string {
  const judged = `
  judged: { match: { service: agent }, evaluators: [ { rubric: { criteria: polite, model: local/judge } } ] }`;
  return `providers:
  local: { base_url: ${baseUrl} }
monitors:
  quality: { match: { service: agent }, evaluators: [ { contains: Order }, { latency: 2000 } ] }${judge ? judged : ''}
`;
}

/** Follows the events, and reads nothing yet. */
function follow(port: number, token: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}` };
    http.get({ port, host: '127.0.0.1', path: '/events', headers }, resolve).on('error', reject);
  });
}

function listen(events: IncomingMessage | undefined, hear: (spanId: string) => void): void {
  let rest = '';
  events?.setEncoding('utf8').on('error', () => {});
  events?.on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines)
      if (line.startsWith('data: {"kind"')) hear(String(JSON.parse(line.slice(6)).span_id));
  });
}

/** At a steady pace, whether the receiver keeps up or not. */
async function send(port: number, seconds: number): Promise<{ sent: number; toAnswer: number[] }> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const toAnswer: number[] = [];
  const under: Promise<void>[] = [];
  const began = performance.now();
  const batches = (seconds * SPANS_A_SECOND) / BATCH;
  for (let batch = 0; batch < batches; batch++) {
    const due = began + (batch * BATCH * 1_000) / SPANS_A_SECOND;
    await wait(Math.max(0, due - performance.now()));
    const body = encodeRequest(agentRequest(batch * BATCH, BATCH, Date.now() - 900), 'protobuf');
    const start = performance.now();
    under.push(post(agent, port, body).then(() => void toAnswer.push(performance.now() - start)));
  }
  await Promise.all(under);
  agent.destroy();
  return { sent: batches * BATCH, toAnswer };
}

function post(agent: http.Agent, port: number, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const request = http.request({
      agent,
      host: '127.0.0.1',
      port,
      path: '/v1/traces',
      method: 'POST',
      headers,
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${response.statusCode}`)),
      );
    });
    request.end(body);
  });
}

function arrivals(file: string): { spanId: string; arrivedMs: number; atMs: number }[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare(
      `SELECT s.span_id, s.arrived_ms, max(e.at_ms) AS at_ms FROM evaluations e
       JOIN spans s ON s.trace_id = e.trace_id AND s.span_id = e.span_id
       WHERE e.monitor = 'quality' GROUP BY s.seq`,
    )
    .all();
  database.close();
  return rows.map((row) => ({
    spanId: String(row['span_id']),
    arrivedMs: Number(row['arrived_ms']),
    atMs: Number(row['at_ms']),
  }));
}

function show(name: string, { sent, told, toEvaluation, toSubscriber, toAnswer, stream }: Round): void {
  const of = (values: readonly number[]) =>
    [0.5, 0.95, 0.99].map((share) => `${quantile(values, share).toFixed(0)}`).join('/');
  const dropped = stream.subscribers.reduce((sum, one) => sum + one.dropped, 0);
  console.log(`${name}: ${sent} spans, ${told} evaluations told`);
  console.log(
    `  p50/p95/p99 in ms: answer of the receiver ${of(toAnswer)}; to evaluation ${of(toEvaluation)}; to subscriber ${of(toSubscriber)}`,
  );
  console.log(
    `  dropped for slow subscribers: ${dropped}; for the judge: ${JSON.stringify(stream.monitors.find(({ monitor }) => monitor === 'judged')?.dropped ?? {})}`,
  );
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (
    sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.POSITIVE_INFINITY
  );
}
