import { exchange } from '../../../../http/exchange.ts';
import { HttpProblem } from '../../../../http/server/httpProblem.ts';
import type { ServerRequest } from '../../../../http/server/serverRequest.ts';
import { type LocalServer, startServer } from '../../../../http/server/serverShell.ts';
import type { Clock, Random } from '../../../../ports.ts';
import type { AskedVersion } from '../../router.ts';
import type { ClusterClient } from '../cluster/clusterClient.ts';

const MAX_BYTES = 16 * 1024 * 1024;
const LIMIT_MS = 120_000;

/** Of a request, these say something to the version; the rest is between its client and us. */
const FORWARDED = ['content-type', 'accept', 'traceparent', 'tracestate', 'baggage'];

/**
 * A way from this machine to a Service of the cluster, past the route: a server of 127.0.0.1 that forwards to the API server's proxy. So the
 * credentials of the cluster stay here, and whoever asks gets a token that is good for nothing else.
 */
export class ServiceProxy {
  readonly #client: ClusterClient;
  readonly #clock: Clock;
  readonly #token: string;
  #server: Promise<LocalServer> | undefined;

  constructor({ client, clock, random }: { client: ClusterClient; clock: Clock; random: Random }) {
    this.#client = client;
    this.#clock = clock;
    this.#token = random.hex(24);
  }

  async to(service: string, port: string): Promise<AskedVersion> {
    this.#server ??= this.#start();
    const { port: own } = await this.#server;
    const headers = { authorization: `Bearer ${this.#token}` };
    return { kind: 'http', url: `http://127.0.0.1:${own}/${service}/${port}/`, headers };
  }

  async close(): Promise<void> {
    await (await this.#server)?.close(0);
  }

  #start(): Promise<LocalServer> {
    return startServer({
      name: 'the way to the cluster',
      port: 0,
      token: this.#token,
      clock: this.#clock,
      onBug: () => {},
      routes: [
        {
          prefix: '/',
          answer: async (request, outgoing) => {
            const { status, type, body } = await this.#forward(request);
            outgoing.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body);
          },
          refuse: ({ status, message }: HttpProblem) => ({ status, body: message }),
        },
      ],
    });
  }

  async #forward(request: ServerRequest) {
    const [, service, port, rest = '/'] = /^\/([a-z0-9.-]+)\/(\d+)(\/.*)?$/.exec(request.target) ?? [];
    if (service === undefined || port === undefined) throw new HttpProblem(404, 'there is no such Service');
    const { connection, headers } = await this.#client.forwarding(request.signal);
    const sent = FORWARDED.flatMap((name) => {
      const value = request.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    const url = new URL(this.#client.target.server + this.#client.proxyPath(service, port) + rest);
    const body = await request.body();
    const options = {
      connection,
      request: { url, method: request.method, headers: { ...Object.fromEntries(sent), ...headers }, body },
      signal: request.signal,
      limit: { clock: this.#clock, ms: LIMIT_MS },
    };
    return await exchange(options, async (reply) => ({
      status: reply.status,
      type: reply.contentType || undefined,
      body: await reply.bytes(MAX_BYTES),
    }));
  }
}
