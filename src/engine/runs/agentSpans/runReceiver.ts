import { HttpProblem } from '../../http/server/httpProblem.ts';
import type { ServerReply, ServerRequest } from '../../http/server/serverRequest.ts';
import { type LocalServer, type Route, startServer } from '../../http/server/serverShell.ts';
import type { LogRecord, SpanRecord } from '../../model/span.ts';
import type { Clock, Log, Random } from '../../ports.ts';

/** Whoever takes the records of one call. Throws HttpProblem where it takes no more. */
export interface CallReceiver {
  /** A request has come; `bytes` is how long its body is. */
  admit(bytes: number): void;
  keep(records: { spans: readonly SpanRecord[]; logs: readonly LogRecord[] }): Promise<void>;
}

export interface OpenedPath {
  url: string;
  /** Resolves when no request to it is under way. */
  idle(): Promise<void>;
}

interface ReceiverPorts {
  clock: Clock;
  random: Random;
  log: Log;
}

const SIGNALS = ['traces', 'logs', 'metrics'] as const;
/** Of one request, unpacked, in bytes. */
const BODY_BYTES = 16 * 1024 * 1024;
/** Calls whose late spans are still taken. */
const MOST_PATHS = 500;

/**
 * The OTLP receiver of a run, on a free port of this machine. Each call has a path of its own that nobody can guess, so that
 * what comes there belongs to it, whatever its trace id is.
 */
export class RunReceiver {
  readonly #ports: ReceiverPorts;
  #server: Promise<LocalServer | undefined> | undefined;
  readonly #paths = new Map<string, Route[]>();

  constructor(ports: ReceiverPorts) {
    this.#ports = ports;
  }

  /** Starts the server where none is running yet. Undefined where it cannot listen. */
  async open(call: CallReceiver): Promise<OpenedPath | undefined> {
    this.#server ??= this.#start();
    const server = await this.#server;
    if (!server) return undefined;

    const secret = this.#ports.random.hex(16);
    const underWay = new Set<Promise<unknown>>();
    const routes = SIGNALS.map(
      (signal): Route => ({
        method: 'POST',
        path: `/${secret}/v1/${signal}`,
        access: 'open',
        handle: (request) => {
          const handling = this.#handle(signal, request, call);
          underWay.add(handling);
          return handling.finally(() => underWay.delete(handling));
        },
      }),
    );
    this.#paths.set(secret, routes);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > MOST_PATHS && oldest !== undefined) this.#paths.delete(oldest);

    return {
      url: `http://127.0.0.1:${server.port}/${secret}`,
      async idle() {
        while (underWay.size > 0) await Promise.allSettled(underWay);
      },
    };
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const server = await this.#server;
    this.#server = Promise.resolve(undefined);
    this.#paths.clear();
    await server?.close(0);
  }

  async #start(): Promise<LocalServer | undefined> {
    const { clock, random, log } = this.#ports;
    const paths = this.#paths;
    try {
      return await startServer({
        name: 'the receiver of the run',
        port: 0,
        token: random.hex(16),
        get routes() {
          return [...paths.values()].flat();
        },
        limits: { bodyBytes: BODY_BYTES },
        clock,
        onBug: (error) => log.write('error', `receiving spans failed: ${error}`),
      });
    } catch (error) {
      // Agents then run without it.
      log.write('warn', `agents cannot send their spans: ${error instanceof Error ? error.message : error}`);
      return undefined;
    }
  }

  async #handle(
    signal: (typeof SIGNALS)[number],
    request: ServerRequest,
    call: CallReceiver,
  ): Promise<ServerReply> {
    // What decodes them is loaded when the first ones come: most agents send none.
    const { otlpRoutes } = await import('../../telemetry/receiver/otlpRoutes.ts');
    const route = otlpRoutes(call, 'open').find(({ path }) => path === `/v1/${signal}`);
    if (!route) throw new HttpProblem(404, 'nothing is served at this path');
    const { method, path, target, query, headers } = request;
    return route.handle({
      ...{ method, path, target, query, headers, signal: request.signal },
      sent: () => request.sent(),
      async body() {
        const body = await request.body();
        call.admit(body.length);
        return body;
      },
    });
  }
}
