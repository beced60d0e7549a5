import type { Socket } from 'node:net';
import type * as z from 'zod';
import { UserError } from '../engine/errors.ts';
import { isSameSecret } from '../engine/http/server/admission.ts';
import type { Clock } from '../engine/ports.ts';
import { toFailure } from '../engineProcess/toFailure.ts';
import type { Handlers, Method, ParamsOf, ResultOf } from '../protocol/call.ts';
import { Peer } from '../protocol/peer.ts';
import { SERVICES_CONTRACT, servicesCalls, type servicesEvents } from '../protocol/servicesCalls.ts';

type Calls = typeof servicesCalls;
type Hello = ParamsOf<Calls, 'services/hello'>;
type Events = typeof servicesEvents;

/** What is done for those who were let in. */
export type ServicesHandlers = Omit<Handlers<Calls>, 'services/hello'>;

/** How long a connection may take to say who it is, in milliseconds. */
const HELLO_MS = 5_000;
/** How long it may take to go, in milliseconds. */
const FAREWELL_MS = 1_000;
const MAX_CONNECTIONS = 64;

export interface ClientsOptions {
  token: string;
  version: string;
  handlers: ServicesHandlers;
  clock: Clock;
  /** Somebody came or left. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** Windows and terminals that are attached, each over a connection of its own. */
export class Clients {
  readonly #options: ClientsOptions;
  readonly #open = new Set<Client>();

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  get attached(): { windows: number; terminals: number } {
    const kinds = [...this.#open].map(({ kind }) => kind);
    return {
      windows: kinds.filter((kind) => kind === 'window').length,
      terminals: kinds.filter((kind) => kind === 'terminal').length,
    };
  }

  take(socket: Socket): void {
    if (this.#open.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }

    const client = new Client(socket, this.#options, () => {
      this.#open.delete(client);
      this.#options.onChange();
    });
    this.#open.add(client);
  }

  /** Those who were let in hear of it. */
  tell<M extends Method<Events>>(event: M, data: z.input<Events[M]>): void {
    for (const client of this.#open) client.tell(event, data);
  }

  /** Whoever was told that it ends goes by himself, so that nothing that was told before is lost; the others are cut. */
  async close(): Promise<void> {
    const done = new AbortController();
    const late = this.#options.clock.sleep(FAREWELL_MS, done.signal).catch(() => {});
    await Promise.race([late, Promise.all([...this.#open].map(({ gone }) => gone))]);
    done.abort('closed');
    for (const client of this.#open) client.cut();
  }
}

class Client {
  readonly #socket: Socket;
  readonly #peer: Peer<Record<string, never>>;
  readonly #options: ClientsOptions;
  readonly #silence = new AbortController();
  readonly #gone = Promise.withResolvers<void>();
  #hello: Hello | undefined;
  #isRefused = false;

  constructor(socket: Socket, options: ClientsOptions, onGone: () => void) {
    this.#socket = socket;
    this.#options = options;
    this.#peer = new Peer({ input: socket, output: socket }, {});
    this.#peer.answer(servicesCalls, this.#handlers(), (error) => {
      const failure = toFailure(error);
      if (failure.kind === 'bug') options.onBug(error);
      return failure;
    });

    let isGone = false;
    const leave = (): void => {
      if (isGone) return;
      isGone = true;
      this.#gone.resolve();
      this.#silence.abort('gone');
      this.#peer.close();
      socket.destroy();
      onGone();
    };
    socket.on('error', leave);
    socket.on('close', leave);
    this.#peer.onGone(leave);
    this.#peer.listen();
    options.clock.sleep(HELLO_MS, this.#silence.signal).then(leave, () => {});
  }

  /** Resolves when the connection has ended. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Undefined for one that has not said who it is. */
  get kind(): Hello['client'] | undefined {
    return this.#hello?.client;
  }

  tell<M extends Method<Events>>(event: M, data: z.input<Events[M]>): void {
    if (this.#isServed()) this.#peer.tell(event, data);
  }

  cut(): void {
    this.#socket.destroy();
  }

  #handlers(): Handlers<Calls> {
    const { handlers } = this.#options;
    const served =
      <M extends keyof ServicesHandlers>(method: M) =>
      (params: ParamsOf<Calls, M>, signal: AbortSignal): Promise<ResultOf<Calls, M>> | ResultOf<Calls, M> => {
        this.#requireHello();
        const handle = handlers[method] as Handlers<Calls>[M];
        return handle(params, signal);
      };
    return {
      'services/hello': (hello) => this.#greet(hello),
      'services/status': served('services/status'),
      'services/receive': served('services/receive'),
      'services/stop': served('services/stop'),
      'gateway/start': served('gateway/start'),
      'gateway/stop': served('gateway/stop'),
      'gateway/weights': served('gateway/weights'),
      'gateway/keys': served('gateway/keys'),
      'shadow/start': served('shadow/start'),
      'shadow/stop': served('shadow/stop'),
      'deployment/plan': served('deployment/plan'),
      'deployment/start': served('deployment/start'),
      'deployment/act': served('deployment/act'),
    };
  }

  #greet(hello: Hello): ResultOf<Calls, 'services/hello'> {
    const { token, version, onChange } = this.#options;
    // One try; the connection is then cut as if nothing had been said.
    if (this.#isRefused || !isSameSecret(hello.token, token)) {
      this.#isRefused = true;
      throw new UserError('the token is wrong');
    }

    this.#silence.abort('said who it is');
    this.#hello = hello;
    onChange();
    return { pid: process.pid, version, contract: { ...SERVICES_CONTRACT } };
  }

  #isServed(): boolean {
    return this.#hello?.contract.major === SERVICES_CONTRACT.major;
  }

  #requireHello(): void {
    if (this.#isServed()) return;
    const { version } = this.#options;
    throw new UserError(
      this.#hello === undefined
        ? 'services/hello must be called first'
        : `version ${this.#hello.version} cannot be served by the services process, which is version ${version}`,
    );
  }
}
