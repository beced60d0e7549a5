import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Versions of an agent as one program: `node agent.mjs polite|rude|broken`. The last one fails every second request. */
export const AGENT = `
import { createServer } from 'node:http';
const [, , kind] = process.argv;
let count = 0;
const server = createServer((request, response) => {
  if (request.method === 'GET') return response.writeHead(200).end('ready');
  request.resume().on('end', () => {
    count += 1;
    const fails = kind === 'broken' && count % 2 === 0;
    response.writeHead(fails ? 500 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ output: kind === 'rude' ? 'No.' : 'You are welcome.' }));
  });
});
process.once('SIGTERM', () => server.close(() => process.exit(0)));
server.listen(Number(process.env.PORT), '127.0.0.1');
`;

/** The version that serves before anything is deployed. */
export async function olderAgent(): Promise<AsyncDisposable & { url: string; readonly requests: number }> {
  let requests = 0;
  const server: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      requests += 1;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ output: 'You are welcome.' }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A workspace that deploys versions of that agent on a route, with short times. */
export function deployedWorkspace(older: string): { [file: string]: string } {
  return {
    'agent.mjs': AGENT,
    'live.golden.yaml': 'schema_version: 2.0.0\nversion: 1.0.0\ntest_cases:\n  - { id: one, input: Hello }\n',
    'touchstone.yaml': `suites:
  polite:
    dataset: live.golden.yaml
    targets: [{ name: agent, http: ${older} }]
    evaluators: [{ contains: welcome }]
    gate: { min_pass_rate: 0.8 }
gateway:
  routes:
    desk: { to: { url: ${older} } }
deployments:
  desk:
    route: desk
    suite: polite
    versions:
      polite: { command: [node, agent.mjs, polite], port_variable: PORT, ready: /health }
      rude: { command: [node, agent.mjs, rude], port_variable: PORT, ready: /health }
      broken: { command: [node, agent.mjs, broken], port_variable: PORT, ready: /health }
    steps: [50, 100]
    hold: 4s
    min_samples: 20
    undecided: extend
    ready_within: 20s
    keep: 2s
    drain: 1s
    evidence: { max_error_increase: 0.25 }
`,
  };
}

/** Customers of a route, until they are stopped. */
export class Customers {
  readonly #stop = new AbortController();
  readonly #asking: Promise<void>;
  answered = 0;
  /** Answers that were none. */
  readonly failures: string[] = [];

  constructor({ endpoint, token }: { endpoint: string; token: string }, { everyMs = 20 } = {}) {
    this.#asking = this.#ask(`${endpoint}/agents/desk`, token, everyMs);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#asking;
  }

  async #ask(url: string, token: string, everyMs: number): Promise<void> {
    const { signal } = this.#stop;
    for (let at = 0; !signal.aborted; at += 1) {
      await this.#askOnce(url, token, at);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async #askOnce(url: string, token: string, at: number): Promise<void> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ input: `Hello ${at}`, case_id: `customer-${at}` }),
      });
      const text = await response.text();
      if (response.ok) this.answered += 1;
      else this.failures.push(`${response.status} ${text.slice(0, 200)}`);
    } catch (error) {
      this.failures.push(String(error));
    }
  }
}
