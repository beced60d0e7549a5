import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { type ServicesFiles, servicesFiles } from '../engine/attach/servicesFiles.ts';
import { readLease, type ServicesLease } from '../engine/attach/servicesLease.ts';
import { ServicesLock } from '../engine/attach/servicesLock.ts';
import { listenAt } from '../engine/attach/servicesSocket.ts';
import { processIdentity } from '../engine/processes/processIdentity.ts';
import type { GatewayStart } from '../protocol/gatewayParams.ts';
import type { EndReason, Receive, ServicesStatus } from '../protocol/servicesCalls.ts';
import { VERSION } from '../version.ts';
import { Clients, type ServicesHandlers } from './clients.ts';
import { type HostedOptions, HostedServices } from './hostedServices.ts';
import { HostLease } from './hostLease.ts';
import { IdleWatch } from './idleWatch.ts';
import { StatusTeller } from './statusTeller.ts';

const net = process.getBuiltinModule('node:net');

/** How often it is looked whether this is still the process of the workspace, in milliseconds. */
const WATCH_MS = 5_000;

export interface HostOptions
  extends Pick<HostedOptions, 'root' | 'exposure' | 'clock' | 'random' | 'forward' | 'onBug'> {
  foreground: boolean;
  /** Without anybody attached and anything to do, it ends after so long, in milliseconds; null for never. */
  idleMs: number | null;
}

/** The services of a workspace, while this process is the one that hosts them. */
export class ServicesHost {
  readonly #options: HostOptions;
  readonly #lock: ServicesLock;
  readonly #server: Server;
  readonly #self: Omit<ServicesLease, 'receives' | 'gateway'>;
  readonly #lease: HostLease;
  readonly #clients: Clients;
  readonly #services: HostedServices;
  readonly #teller: StatusTeller;
  readonly #idle: IdleWatch | undefined;
  readonly #ending = new AbortController();
  readonly #ended = Promise.withResolvers<EndReason>();

  /** Undefined where another process hosts them. Rejects with StoreError, for example where nothing can be written. */
  static async start(options: HostOptions): Promise<ServicesHost | undefined> {
    const files = servicesFiles(options.root);
    const lock = ServicesLock.take(files.lock);
    if (!lock) return undefined;

    const server = net.createServer();
    try {
      const left = readLease(files.lease);
      if (left && files.isSocket(left.socket)) removeSocket(left.socket);
      const socket = await listenAt(server, files.sockets(options.random.hex(4)));
      const host = new ServicesHost(options, { files, lock, server, socket });
      await host.#begin(left);
      return host;
    } catch (error) {
      server.close();
      lock.release();
      throw error;
    }
  }

  private constructor(
    options: HostOptions,
    {
      files,
      lock,
      server,
      socket,
    }: { files: ServicesFiles; lock: ServicesLock; server: Server; socket: string },
  ) {
    const { clock, random, idleMs, onBug } = options;
    this.#options = options;
    this.#lock = lock;
    this.#server = server;
    const token = random.hex(32);
    this.#self = {
      pid: process.pid,
      started: processIdentity(process.pid),
      startedAt: clock.now(),
      socket,
      version: VERSION,
      token,
    };

    const changed = (): void => this.#teller.changed();
    this.#services = new HostedServices({
      ...options,
      token,
      isAttended: () => this.#clients.attached.windows > 0,
      onTouch: () => this.#idle?.touch(),
      onChange: changed,
    });
    this.#lease = new HostLease({
      ...{ file: files.lease, lock, random },
      read: () => ({ ...this.#self, ...this.#services.lease }),
    });
    this.#clients = new Clients({
      ...{ clock, onBug, version: VERSION, token, onChange: changed },
      handlers: this.#handlers(),
    });
    this.#teller = new StatusTeller({
      ...{ clock, ending: this.#ending.signal, read: () => this.status },
      tell: (status) => this.#clients.tell('services/status', status),
    });
    const isNeeded = (): boolean => {
      const { windows, terminals } = this.#clients.attached;
      return windows + terminals > 0 || this.#services.isKept;
    };
    this.#idle = idleMs === null ? undefined : new IdleWatch({ clock, idleMs, isNeeded });
  }

  get status(): ServicesStatus {
    const { pid, startedAt } = this.#self;
    const { foreground } = this.#options;
    const { attached } = this.#clients;
    return { pid, version: VERSION, startedAt, foreground, attached, ...this.#services.status };
  }

  /** Why it has ended. */
  get ended(): Promise<EndReason> {
    return this.#ended.promise;
  }

  /** Rejects with ServerError where it cannot listen there. */
  receive(wanted: Receive): Promise<ServicesStatus> {
    return this.#change(() => this.#services.receive(wanted));
  }

  /** Likewise. */
  startGateway(wanted: GatewayStart): Promise<ServicesStatus> {
    return this.#change(() => this.#services.gateway.start(wanted));
  }

  /** What is under way is finished first. Idempotent. */
  async end(reason: EndReason): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort(reason);
    this.#idle?.stop();
    this.#clients.tell('services/ending', { reason });

    await this.#services.close();
    this.#lease.remove();
    this.#server.close();
    await this.#clients.close();
    this.#lock.release();
    this.#ended.resolve(reason);
  }

  #handlers(): ServicesHandlers {
    const { gateway, deployments } = this.#services;
    const after = async (work: Promise<void> | void): Promise<ServicesStatus> => {
      await work;
      return this.status;
    };
    return {
      'services/status': () => this.status,
      'services/receive': (wanted) => this.receive(wanted),
      'services/stop': () => {
        setImmediate(() => void this.end('asked'));
        return {};
      },
      'gateway/start': (wanted) => this.startGateway(wanted),
      'gateway/stop': () => this.#change(() => gateway.stop()),
      'gateway/weights': (wanted) => after(gateway.setWeights(wanted)),
      'gateway/keys': ({ keys }) => after(gateway.giveKeys(keys)),
      'shadow/start': (wanted) => after(gateway.mirror(wanted)),
      'shadow/stop': ({ route }) => after(gateway.stopMirroring(route)),
      'deployment/plan': (wanted) => deployments.plan(wanted),
      // It may start the gateway.
      'deployment/start': (wanted) => this.#change(() => deployments.start(wanted)),
      'deployment/act': (wanted) => after(deployments.act(wanted)),
    };
  }

  /** What those who attach, and the next process, read of it is written then. */
  async #change(work: () => Promise<void>): Promise<ServicesStatus> {
    await work();
    this.#lease.write();
    return this.status;
  }

  async #begin(left: ServicesLease | undefined): Promise<void> {
    await this.#services.prepare();
    this.#server.on('connection', (socket) => this.#clients.take(socket));
    // Whoever finds the lease is served at once.
    this.#lease.write();
    await this.#services.goOn(
      { receives: left?.receives ?? null, gateway: left?.gateway ?? null },
      this.#ending.signal,
    );
    this.#lease.write();
    void this.#watch();
    void this.#endWhenIdle();
  }

  async #endWhenIdle(): Promise<void> {
    if (await this.#idle?.idle()) await this.end('idle');
  }

  /** Somebody may remove the folder, or only the lease, and another process may have taken over. */
  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#options.clock.sleep(WATCH_MS, signal).catch(() => {});
      if (signal.aborted) return;
      if (this.#lock.isRemoved) return this.end('replaced');
      this.#lease.keep();
      await this.#services.refresh();
    }
  }
}

/** What a process that was killed left behind. */
function removeSocket(socket: string): void {
  if (process.platform !== 'win32') rmSync(socket, { force: true });
}
