import { UserError } from '../engine/errors.ts';
import { type LocalServer, type Route, startServer } from '../engine/http/server/serverShell.ts';
import type { Clock, Random } from '../engine/ports.ts';
import { otlpRoutes, type ReceivedRecords } from '../engine/telemetry/receiver/otlpRoutes.ts';
import type { ReceiverState } from '../protocol/servicesCalls.ts';
import { type InsteadOf, startAt } from './chosenPort.ts';
import { claimPort, releasePort } from './portClaims.ts';

/** OTLP's own port. */
export const USUAL_PORT = 4318;
/** How long requests under way may take once it is switched off, in milliseconds. */
const GRACE_MS = 2_000;

/** What a person chooses where the process is started, and nobody else can: neither a workspace nor who attaches. */
export interface Exposure {
  /** An address beside 127.0.0.1. */
  address: string | undefined;
  /** Names beside this machine's own by which it may be asked for. */
  hosts: readonly string[];
  /** Senders must show a token. */
  token: string | null;
}

/** Where it is to receive; a port of null is the usual one, else any that is free. */
export interface Wish {
  port: number | null;
  keep: boolean;
  token: string | null;
}

export interface ReceivingOptions {
  /** Real path of the workspace. */
  root: string;
  received: ReceivedRecords;
  exposure: Exposure;
  clock: Clock;
  random: Random;
  /** What is served beside OTLP. `open` needs no token: only programs of this machine can ask, and none was demanded. */
  routes?(access: Route['access']): Route[];
  /** Default: 4318. */
  usualPort?: number;
  /** The state has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

interface Listening {
  server: LocalServer;
  keep: boolean;
  token: string | null;
  insteadOf: InsteadOf;
}

/** The OTLP receiver of a workspace: off, or listening on one port. Changes are made one after the other. */
export class Receiving {
  readonly #options: ReceivingOptions;
  #listening: Listening | undefined;
  #failed: Extract<ReceiverState, { state: 'failed' }> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: ReceivingOptions) {
    this.#options = options;
  }

  get state(): ReceiverState {
    if (!this.#listening) return this.#failed ?? { state: 'off' };
    const { server, keep, token, insteadOf } = this.#listening;
    return {
      state: 'receiving',
      address: server.address,
      port: server.port,
      endpoint: `http://${localName(server.address)}:${server.port}`,
      token,
      keep,
      insteadOf,
    };
  }

  /** Rejects with ServerError where it cannot listen there; what was received before is then received still. */
  on(wish: Wish): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#listening;
      if (before && isAsWished(before, wish)) {
        before.keep = wish.keep;
        this.#options.onChange();
        return;
      }

      // Only the token differs: the port is our own.
      const samePort = before && isPortAsWished(before, wish);
      if (samePort) await this.#close();
      try {
        const opened = await this.#listen(samePort ? { ...wish, port: before.server.port } : wish);
        if (!samePort) await this.#close();
        this.#listening = samePort ? { ...opened, insteadOf: before.insteadOf } : opened;
        this.#failed = undefined;
        claimPort(opened.server.port, this.#options.root);
      } catch (error) {
        if (error instanceof UserError && !this.#listening) this.#failed = failure(wish, error);
        throw error;
      } finally {
        this.#options.onChange();
      }
    });
  }

  /** Requests under way are answered first. */
  off(): Promise<void> {
    return this.#inTurn(async () => {
      this.#failed = undefined;
      await this.#close();
      this.#options.onChange();
    });
  }

  async #close(): Promise<void> {
    const { server } = this.#listening ?? {};
    this.#listening = undefined;
    if (!server) return;
    releasePort(server.port);
    await server.close(GRACE_MS);
  }

  async #listen({ port, keep, token }: Wish): Promise<Listening> {
    const { usualPort = USUAL_PORT } = this.#options;
    const wish = { port, usualPort, otherwise: 'traces cannot be received there' };
    return { ...(await startAt(wish, (at) => this.#start(at, token))), keep, token };
  }

  #start(port: number, token: string | null): Promise<LocalServer> {
    const { received, exposure, clock, random, onBug, routes = () => [] } = this.#options;
    return startServer({
      name: 'the OTLP receiver',
      port,
      ...(exposure.address === undefined ? {} : { exposeOn: exposure.address }),
      allowedHosts: exposure.hosts,
      token: token ?? random.hex(32),
      routes: [
        ...otlpRoutes(received, token === null ? 'open' : 'token'),
        ...routes(token === null && exposure.address === undefined ? 'open' : 'token'),
      ],
      clock,
      onBug,
    });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}

function isAsWished(listening: Listening, wish: Wish): boolean {
  return isPortAsWished(listening, wish) && listening.token === wish.token;
}

function isPortAsWished({ server }: Listening, { port }: Wish): boolean {
  return port === null || port === 0 || port === server.port;
}

/** By which programs of this machine reach an address that is listened on. */
function localName(address: string): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1';
  return address.includes(':') ? `[${address}]` : address;
}

function failure({ port }: Wish, error: UserError): Extract<ReceiverState, { state: 'failed' }> {
  return { state: 'failed', port: port ?? USUAL_PORT, message: error.message, remedy: error.remedy ?? '' };
}
