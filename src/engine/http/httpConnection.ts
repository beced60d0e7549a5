import type { Agent, AgentOptions, ClientRequest, IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import { defined } from '../model/defined.ts';
import { HttpError } from './httpError.ts';
import { nodeHttp, nodeHttps } from './nodeHttp.ts';

export interface HttpRequest {
  /** With the scheme http or https. */
  url: URL;
  method: string;
  /** By their names in lower case. */
  headers: { readonly [name: string]: string };
  body?: string | Uint8Array | undefined;
}

/** Which servers may be asked. */
export interface AddressGuard {
  /** Throws an error with a code for a host that stands in the URL and may not. A name it leaves to `lookup`. */
  check(host: string): void;
  /** Resolves the names of servers in place of the system; a proxy resolves them itself. */
  lookup: LookupFunction;
}

/** Who the other side must be, and who this one is, in place of what the system trusts. In PEM. */
export interface TlsIdentity {
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  servername?: string | undefined;
  /** False: any certificate is taken. */
  rejectUnauthorized?: boolean | undefined;
}

/** A request on its way. A plain function ends it: a signal for each call would cost as much as the call. */
export interface Sent {
  /** Resolves with the head of the reply; rejects with the system's error. */
  response: Promise<IncomingMessage>;
  /** Ends the request and its reply, whatever of it has come. */
  cancel(): void;
}

const NO_REPLY = 'the connection was closed before a reply came';

/** Servers close idle connections; one that has not been used for so long is not used again. */
const IDLE_MS = 4_000;

/**
 * Requests over connections that are kept for the next request to the same origin. It stands on `node:http`, which takes
 * less than half the processor time of `fetch`: at 128 calls at a time that decides how many get through. It follows no
 * redirect: the headers may hold keys. It repeats only what met a connection that the server had just given up; whatever
 * else is worth a second request, whoever sends decides.
 *
 * A proxy that Node was told of (NODE_USE_ENV_PROXY) is used, except for servers on this machine.
 */
export class Connection {
  readonly #agents = new Map<string, Agent>();
  readonly #guard: AddressGuard | undefined;
  readonly #tls: TlsIdentity;

  constructor(guard?: AddressGuard, tls: TlsIdentity = {}) {
    this.#guard = guard;
    this.#tls = tls;
  }

  /** Throws the system's error for a header or an address that cannot be sent. */
  send(request: HttpRequest): Sent {
    let outgoing = this.#begin(request);
    let cancelled = false;

    const head = (): Promise<IncomingMessage> =>
      headOf(outgoing, request.body).catch((error: unknown) => {
        if (cancelled || !wasClosedWhileIdle(outgoing, error)) throw error;
        outgoing = this.#begin(request);
        return head();
      });
    return {
      response: head(),
      cancel: () => {
        cancelled = true;
        outgoing.destroy(new Error('cancelled'));
      },
    };
  }

  /** Ends the idle connections, and those that are in use. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
    this.#agents.clear();
  }

  #begin({ url, method, headers }: HttpRequest): ClientRequest {
    this.#guard?.check(url.hostname);
    const secure = url.protocol === 'https:';
    return (secure ? nodeHttps() : nodeHttp()).request(url, {
      method,
      headers: { 'user-agent': 'touchstone', 'accept-encoding': 'gzip, deflate, br', ...headers },
      agent: this.#agentFor(url, secure),
    });
  }

  #agentFor(url: URL, secure: boolean): Agent {
    const direct = isLoopback(url.hostname);
    const name = `${secure ? 'https' : 'http'} ${direct ? 'direct' : 'any'}`;
    const known = this.#agents.get(name);
    if (known) return known;

    const proxyEnv = direct ? undefined : nodesProxy();
    const options = {
      ...{ keepAlive: true, timeout: IDLE_MS, proxyEnv },
      ...defined({ lookup: this.#guard?.lookup, ...this.#tls }),
    };
    const agent = secure ? new (nodeHttps().Agent)(options) : new (nodeHttp().Agent)(options);
    this.#agents.set(name, agent);
    return agent;
  }
}

/** Sends the request, and resolves with the head of its reply. */
function headOf(outgoing: ClientRequest, body: HttpRequest['body']): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // Kept for as long as the request: an error that nobody hears would end the process.
    outgoing.on('error', reject);
    let isAnswered = false;
    outgoing.once('response', (incoming) => {
      isAnswered = true;
      resolve(incoming);
    });
    // A server that goes over to another protocol is left without an error.
    outgoing.once('close', () => {
      if (!isAnswered) reject(new HttpError({ kind: 'network', code: 'ECONNRESET' }, NO_REPLY));
    });
    outgoing.end(body);
  });
}

/**
 * The server gave up an idle connection while the request was on its way to it. Nothing of a reply has come, so it is sent
 * once more, over the next connection; over a new one it never is.
 */
function wasClosedWhileIdle(outgoing: ClientRequest, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
}

/** Whether a request passes a proxy that Node was told of; none does to a server on this machine. */
export function isProxied({ hostname }: URL): boolean {
  return !isLoopback(hostname) && nodesProxy() !== undefined;
}

/** The proxy that Node itself was started with. Its agents have `options`, though its types do not say so. */
function nodesProxy(): AgentOptions['proxyEnv'] {
  return (nodeHttp().globalAgent as Agent & { options?: AgentOptions }).options?.proxyEnv;
}

/** Whether a host, as a URL has it, is this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
