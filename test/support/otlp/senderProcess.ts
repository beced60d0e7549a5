// Sends spans to a receiver as fast as it takes them: PORT, then a plan as JSON. Prints what it took as JSON.
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { agentRequest } from './agentSpans.ts';
import { encodeRequest } from './encodeRequest.ts';

export interface SendingPlan {
  encoding: 'protobuf' | 'json';
  gzip: boolean;
  /** Number of the first span, and how many. */
  first: number;
  spans: number;
  batch: number;
  connections: number;
  /** How often each batch is sent. */
  copies: number;
}

export interface Sent {
  ms: number;
  requests: number;
  bytes: number;
  /** Answers beside 200, by status. */
  refused: { [status: string]: number };
}

const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' };

const port = Number(process.argv[2]);
const plan = JSON.parse(process.argv[3] ?? '') as SendingPlan;
const now = Date.now();
const bodies: Uint8Array[] = [];
for (let at = 0; at < plan.spans; at += plan.batch) {
  const request = agentRequest(plan.first + at, Math.min(plan.batch, plan.spans - at), now);
  const body = encodeRequest(request, plan.encoding);
  bodies.push(plan.gzip ? gzipSync(body, { level: 1 }) : body);
}

const agent = new http.Agent({ keepAlive: true, maxSockets: plan.connections });
const sent: Sent = { ms: 0, requests: 0, bytes: 0, refused: {} };
const work = bodies.flatMap((body) => Array.from({ length: plan.copies }, () => body));
const began = performance.now();
await Promise.all(Array.from({ length: plan.connections }, sendAll));
sent.ms = performance.now() - began;
agent.destroy();
console.log(JSON.stringify(sent));

async function sendAll(): Promise<void> {
  for (;;) {
    const body = work.shift();
    if (!body) return;
    const status = await post(body);
    sent.requests += 1;
    sent.bytes += body.length;
    if (status !== 200) sent.refused[status] = (sent.refused[status] ?? 0) + 1;
  }
}

function post(body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = http.request({
      ...{ agent, host: '127.0.0.1', port, path: '/v1/traces', method: 'POST' },
      headers: {
        'content-type': TYPES[plan.encoding],
        'content-length': body.length,
        ...(plan.gzip ? { 'content-encoding': 'gzip' } : {}),
      },
    });
    request.on('error', reject);
    request.on('response', (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.end(body);
  });
}
