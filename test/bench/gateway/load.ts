import { Agent, request } from 'node:http';

export interface Load {
  /** e.g. `http://127.0.0.1:4320`. */
  base: string;
  headers?: { readonly [name: string]: string };
  model: string;
  stream?: boolean;
  loops: number;
  seconds: number;
}

export interface Measured {
  perSecond: number;
  /** In milliseconds. */
  p50: number;
  p99: number;
  calls: number;
  failed: number;
}

const MESSAGES = [
  { role: 'system', content: 'You answer questions about orders. '.repeat(20) },
  { role: 'user', content: 'Where is my order 4711?' },
];

/** `loops` clients that each ask again as soon as they have the whole answer. */
export async function measure({
  base,
  headers = {},
  model,
  stream,
  loops,
  seconds,
}: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: loops });
  const body = JSON.stringify({ model, messages: MESSAGES, ...(stream ? { stream } : {}) });
  const latencies: number[] = [];
  let failed = 0;
  const started = performance.now();
  const until = started + seconds * 1_000;

  const client = async (): Promise<void> => {
    while (performance.now() < until) {
      const from = performance.now();
      if ((await ask(`${base}/v1/chat/completions`, agent, headers, body)) !== 200) failed += 1;
      latencies.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: loops }, client));

  const elapsed = performance.now() - started;
  agent.destroy();
  latencies.sort((a, b) => a - b);
  return {
    perSecond: latencies.length / (elapsed / 1_000),
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    calls: latencies.length,
    failed,
  };
}

function ask(
  url: string,
  agent: Agent,
  headers: { readonly [name: string]: string },
  body: string,
): Promise<number> {
  return new Promise((resolve) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
      },
      (reply) => {
        reply.resume();
        reply.once('end', () => resolve(reply.statusCode ?? 0));
        reply.once('error', () => resolve(0));
      },
    );
    outgoing.once('error', () => resolve(0));
    outgoing.end(body);
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
