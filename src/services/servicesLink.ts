import type { Socket } from 'node:net';
import type * as z from 'zod';
import { AttachError, type Attachment, attachServices, findServices } from '../engine/attach/attach.ts';
import type { ServicesLease } from '../engine/attach/servicesLease.ts';
import type { Clock } from '../engine/ports.ts';
import type { Method, ParamsOf, ResultOf } from '../protocol/call.ts';
import { CallFailure } from '../protocol/callFailure.ts';
import { ConnectionLostError } from '../protocol/connectionLostError.ts';
import { Peer } from '../protocol/peer.ts';
import {
  type EndReason,
  SERVICES_CONTRACT,
  type ServicesStatus,
  servicesCalls,
  servicesEvents,
} from '../protocol/servicesCalls.ts';
import { VERSION } from '../version.ts';
import { servicesProgram } from './servicesProgram.ts';
import { startServices } from './startServices.ts';

type Calls = typeof servicesCalls;

/** How long it may take to say hello, in milliseconds. */
const HELLO_MS = 5_000;
/** What earlier versions of the contract do not have. */
const ADDED: readonly { minor: number; methods: RegExp; what: string }[] = [
  { minor: 2, methods: /^(gateway|shadow)\//, what: 'no gateway' },
  { minor: 3, methods: /^deployment\//, what: 'no deployments' },
];

export interface LinkOptions {
  client: ParamsOf<Calls, 'services/hello'>['client'];
  clock: Clock;
  /** A process that is started may read keys from the environment, to send on what it receives. */
  mayReadKeys?: boolean;
  onStatus?(status: ServicesStatus): void;
  /** The connection has ended; `reason` where the process means to end, null where it was killed. */
  onGone?(reason: EndReason | null): void;
}

/** A connection to the services process of a workspace. */
export class ServicesLink {
  readonly lease: ServicesLease;
  readonly #socket: Socket;
  readonly #peer: Peer<Calls>;
  #version = '';
  #minor = 0;
  #isGone = false;

  private constructor({ socket, lease }: Attachment, options: LinkOptions) {
    this.lease = lease;
    this.#socket = socket;
    this.#peer = new Peer({ input: socket, output: socket }, servicesCalls);
    const leave = (reason: EndReason | null): void => {
      if (this.#isGone) return;
      this.#isGone = true;
      this.#peer.close();
      socket.destroy();
      options.onGone?.(reason);
    };

    this.#peer.hear(
      servicesEvents,
      (event, data) => {
        if (event === 'services/status') options.onStatus?.(data as ServicesStatus);
        // The other side waits for it, since the connection would drop what is on its way when it ends.
        else leave((data as { reason: EndReason }).reason);
      },
      // Of a version that knows more.
      () => {},
    );
    socket.on('error', () => leave(null));
    this.#peer.onGone(() => leave(null));
    this.#peer.listen();
  }

  /** Undefined where no process serves the workspace. Rejects with AttachError. */
  static async find(root: string, options: LinkOptions): Promise<ServicesLink | undefined> {
    const found = await findServices(root);
    return found && ServicesLink.#hello(found, options);
  }

  /** Starts the process where there is none. Rejects with AttachError. */
  static async attach(root: string, options: LinkOptions, signal: AbortSignal): Promise<ServicesLink> {
    const { mayReadKeys = false } = options;
    const start = (folder: string) => startServices(servicesProgram(), folder, { mayReadKeys });
    const found = await attachServices(root, { clock: options.clock, start }, signal);
    return ServicesLink.#hello(found, options);
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** Of the process. */
  get version(): string {
    return this.#version;
  }

  /** Rejects with AttachError for what a process of an earlier version cannot do. */
  async call<M extends Exclude<Method<Calls>, 'services/hello'>>(
    method: M,
    params: z.input<Calls[M]['params']>,
    signal: AbortSignal = new AbortController().signal,
  ): Promise<ResultOf<Calls, M>> {
    const added = ADDED.find(({ minor, methods }) => this.#minor < minor && methods.test(method));
    if (added)
      throw new AttachError(
        `the services process of this workspace is version ${this.#version} of Touchstone, which has ${added.what}`,
        { remedy: 'Stop it with touchstone serve --stop, then try again.' },
      );
    return this.#peer.call(method, params, signal);
  }

  close(): void {
    this.#isGone = true;
    this.#peer.close();
    this.#socket.destroy();
  }

  static async #hello(found: Attachment, options: LinkOptions): Promise<ServicesLink> {
    const link = new ServicesLink(found, options);
    try {
      const { version, contract } = await link.#greet(options);
      link.#version = version;
      link.#minor = contract.minor;
      if (contract.major === SERVICES_CONTRACT.major) return link;
      throw new AttachError(
        `the services process of this workspace is version ${version} of Touchstone, which this version (${VERSION}) cannot use`,
        { remedy: `Use the same version everywhere, and stop it with: touchstone serve --stop` },
      );
    } catch (error) {
      link.close();
      if (!(error instanceof CallFailure || error instanceof ConnectionLostError)) throw error;
      throw new AttachError(
        `process ${link.lease.pid}, which .touchstone/services.json names, does not serve this workspace: ${error.message}`,
        { remedy: 'Try again. If it stays so, remove .touchstone/services.json.', cause: error },
      );
    }
  }

  async #greet({ client, clock }: LinkOptions): Promise<ResultOf<Calls, 'services/hello'>> {
    const { token, pid } = this.lease;
    const late = new AbortController();
    const answered = new AbortController();
    clock.sleep(HELLO_MS, answered.signal).then(
      () => {
        late.abort(
          new AttachError(`the services process of this workspace (process ${pid}) does not answer`, {
            remedy: 'Stop it with: touchstone serve --stop',
          }),
        );
        // It would have to answer that it has cancelled the call.
        this.close();
      },
      () => {},
    );
    try {
      const hello = { token, client, version: VERSION, contract: { ...SERVICES_CONTRACT } };
      return await this.#peer.call('services/hello', hello, late.signal);
    } finally {
      answered.abort('answered');
    }
  }
}
