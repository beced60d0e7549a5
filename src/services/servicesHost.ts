import { rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { type ServicesFiles, servicesFiles } from '../engine/attach/servicesFiles.ts';
import { readLease, type ServicesLease, writeLease } from '../engine/attach/servicesLease.ts';
import { ServicesLock } from '../engine/attach/servicesLock.ts';
import { listenAt } from '../engine/attach/servicesSocket.ts';
import { UserError } from '../engine/errors.ts';
import { type Clock, fixedEnvironment, type Random } from '../engine/ports.ts';
import { processIdentity } from '../engine/processes/processIdentity.ts';
import { receiverSamples } from '../engine/telemetry/metrics/prometheus/stateSamples.ts';
import { EvaluationHub } from '../engine/telemetry/stream/evaluationHub.ts';
import { eventsRoute } from '../engine/telemetry/stream/eventsRoute.ts';
import { streamSamples } from '../engine/telemetry/stream/streamSamples.ts';
import { processOwner } from '../processOwner.ts';
import type { EndReason, Receive, ServicesStatus } from '../protocol/servicesCalls.ts';
import { VERSION } from '../version.ts';
import { Clients } from './clients.ts';
import { ConfigurationFile } from './configurationFile.ts';
import { ExposedMetrics } from './exposedMetrics.ts';
import { Forwarding, type ForwardingOptions } from './forwarding.ts';
import { IdleWatch } from './idleWatch.ts';
import { Live } from './live.ts';
import { LiveAlerts } from './liveAlerts.ts';
import { LiveMetrics } from './liveMetrics.ts';
import { LiveMonitors } from './liveMonitors.ts';
import { ReceivedTraces } from './receivedTraces.ts';
import { type Exposure, Receiving, type Wish } from './receiving.ts';
import { WorkspacePrices } from './workspacePrices.ts';

const net = process.getBuiltinModule('node:net');

/** How often it is looked whether this is still the process of the workspace, in milliseconds. */
const WATCH_MS = 5_000;
/** Most often that those who are attached are told of changes, in milliseconds. */
const TELL_MS = 500;

export interface HostOptions {
  /** Real path of the workspace. */
  root: string;
  foreground: boolean;
  /** Without anybody attached and anything to do, it ends after so long, in milliseconds; null for never. */
  idleMs: number | null;
  exposure: Exposure;
  clock: Clock;
  random: Random;
  onBug(error: unknown): void;
  /** Where what is received is sent on. */
  forward: Pick<ForwardingOptions, 'configFile' | 'environment' | 'given' | 'mayReadKeys' | 'onLoss'>;
}

/** The services of a workspace, while this process is the one that hosts them. */
export class ServicesHost {
  readonly #options: HostOptions;
  readonly #files: ServicesFiles;
  readonly #lock: ServicesLock;
  readonly #server: Server;
  readonly #lease: ServicesLease;
  readonly #clients: Clients;
  readonly #forwarding: Forwarding;
  readonly #traces: ReceivedTraces;
  readonly #hub = new EvaluationHub();
  readonly #prices: WorkspacePrices;
  readonly #monitors: LiveMonitors;
  readonly #live: Live;
  readonly #alerts: LiveAlerts;
  #watchingAlerts: Promise<void> | undefined;
  readonly #receiving: Receiving;
  readonly #idle: IdleWatch | undefined;
  readonly #ending = new AbortController();
  readonly #ended = Promise.withResolvers<EndReason>();
  #telling = false;
  #told = '';

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
    const { root, clock, random, idleMs, onBug } = options;
    this.#options = options;
    this.#files = files;
    this.#lock = lock;
    this.#server = server;
    const token = random.hex(32);
    this.#lease = {
      pid: process.pid,
      started: processIdentity(process.pid),
      startedAt: clock.now(),
      socket,
      version: VERSION,
      token,
      receives: null,
    };
    const changed = (): void => this.#changed();
    const touched = (): void => {
      this.#idle?.touch();
      changed();
    };
    this.#forwarding = new Forwarding({ ...options.forward, clock, random, onChange: changed });
    const exposed = new ExposedMetrics(clock);
    exposed.add(() =>
      receiverSamples({ ...this.#traces.received, isStoring: this.#traces.problem === null }),
    );
    const { mayReadKeys, environment } = options.forward;
    // An editor may have keys in its environment that the person gave to something else.
    const keys = mayReadKeys ? environment : fixedEnvironment({});
    const configuration = new ConfigurationFile(root, keys, clock);
    this.#prices = new WorkspacePrices(configuration);
    this.#monitors = new LiveMonitors({
      ...{ root, clock, random, onBug, onChange: changed, hub: this.#hub, owner: processOwner() },
      ...{ configuration, environment: keys },
    });
    exposed.add(() => streamSamples(this.#monitors.status));
    this.#live = new Live({
      ...{ clock, onBug, onChange: changed },
      consumers: [new LiveMetrics({ root, clock, exposed, prices: this.#prices }), this.#monitors],
    });
    this.#traces = new ReceivedTraces({
      ...{ root, clock, onBug, onChange: touched, forward: this.#forwarding, price: this.#prices.price },
      onOpen: (source, signal) => this.#live.start(source, signal),
    });
    this.#receiving = new Receiving({
      ...{ root, clock, random, onBug, exposure: options.exposure },
      received: this.#traces,
      routes: (access) => [
        exposed.route(access),
        eventsRoute({
          ...{ hub: this.#hub, token, clock },
          after: (...from) => this.#traces.evaluations(...from),
          lastSeq: () => this.#traces.lastEvaluation,
        }),
      ],
      onChange: changed,
    });
    this.#alerts = new LiveAlerts({
      ...{ root, configuration, clock, random, onBug, onChange: changed },
      // A workspace names what signs and where to: no key is used for it without a word of the person.
      environment: mayReadKeys ? environment : null,
      isReceiving: () => this.#receiving.state.state === 'receiving',
    });
    this.#clients = new Clients({
      ...{ clock, onBug, version: VERSION, token: this.#lease.token, onChange: changed },
      handlers: {
        'services/status': () => this.status,
        'services/receive': (wanted) => this.receive(wanted),
        'services/stop': () => {
          setImmediate(() => void this.end('asked'));
          return {};
        },
      },
    });
    this.#idle =
      idleMs === null ? undefined : new IdleWatch({ clock, idleMs, isNeeded: () => this.#isNeeded() });
  }

  get status(): ServicesStatus {
    return {
      pid: process.pid,
      version: VERSION,
      startedAt: this.#lease.startedAt,
      foreground: this.#options.foreground,
      attached: this.#clients.attached,
      receiver: this.#receiving.state,
      received: this.#traces.received,
      storeProblem: this.#traces.problem,
      liveProblems: [...this.#live.problems, ...this.#alerts.problems],
      forward: this.#forwarding.status,
      stream: this.#monitors.status,
    };
  }

  /** Why it has ended. */
  get ended(): Promise<EndReason> {
    return this.#ended.promise;
  }

  /** Rejects with ServerError where it cannot listen there. */
  async receive(wanted: Receive): Promise<ServicesStatus> {
    await this.#forwarding.refresh();
    if (wanted.on) await this.#receiving.on(this.#wishOf(wanted));
    else await this.#receiving.off();
    this.#writeLease();
    return this.status;
  }

  /** What is under way is finished first. Idempotent. */
  async end(reason: EndReason): Promise<void> {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort(reason);
    this.#idle?.stop();
    this.#clients.tell('services/ending', { reason });

    await this.#receiving.off();
    await this.#forwarding.close();
    await this.#watchingAlerts;
    this.#traces.close();
    this.#hub.close();
    this.#removeLease();
    this.#server.close();
    await this.#clients.close();
    this.#lock.release();
    this.#ended.resolve(reason);
  }

  async #begin(left: ServicesLease | undefined): Promise<void> {
    await this.#forwarding.refresh();
    this.#server.on('connection', (socket) => this.#clients.take(socket));
    // Whoever finds the lease is served at once.
    this.#writeLease();
    await this.#prices.refresh();
    this.#traces.goOn();
    if (left?.receives) await this.#goOn(left.receives);
    this.#watchingAlerts = this.#alerts.run(this.#ending.signal);
    void this.#watch();
    void this.#endWhenIdle();
  }

  /** As the process did that was killed. Where its port is taken meanwhile, the state says so. */
  async #goOn({ port, keep, token }: NonNullable<ServicesLease['receives']>): Promise<void> {
    try {
      await this.#receiving.on({ port, keep, token: this.#options.exposure.token ?? token });
    } catch {
      return;
    }
    this.#writeLease();
  }

  #wishOf({ port, keep, requireToken }: Extract<Receive, { on: true }>): Wish {
    const { state } = this.#receiving;
    const now = state.state === 'receiving' ? state.token : null;
    const { exposure, random } = this.#options;
    const token = requireToken === null ? now : requireToken ? (now ?? random.hex(16)) : null;
    return { port, keep, token: exposure.token ?? token };
  }

  #isNeeded(): boolean {
    const { windows, terminals } = this.#clients.attached;
    const { state } = this.#receiving;
    return windows + terminals > 0 || (state.state === 'receiving' && state.keep);
  }

  async #endWhenIdle(): Promise<void> {
    if (await this.#idle?.idle()) await this.end('idle');
  }

  #changed(): void {
    if (this.#telling || this.#ending.signal.aborted) return;
    this.#telling = true;
    void this.#tell();
  }

  /** At once, and then as long as something changes, also by itself: what was recent is so no longer. */
  async #tell(): Promise<void> {
    try {
      for (let quiet = false; !quiet; ) {
        const { status } = this;
        const now = JSON.stringify(status);
        if (now !== this.#told) this.#clients.tell('services/status', status);
        quiet = now === this.#told && status.received.recentSpans === 0;
        this.#told = now;
        if (!quiet) await this.#options.clock.sleep(TELL_MS, this.#ending.signal);
      }
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error;
    } finally {
      this.#telling = false;
    }
  }

  /** Somebody may remove the folder, or only the lease, and another process may have taken over. */
  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await this.#options.clock.sleep(WATCH_MS, signal).catch(() => {});
      if (signal.aborted) return;
      if (this.#lock.isRemoved) return this.end('replaced');
      this.#keepLease();
      await this.#forwarding.refresh();
    }
  }

  /** What cannot be written now is written at the next look: the receiver goes on. */
  #keepLease(): void {
    try {
      if (!this.#isLeaseOurs()) this.#writeLease();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }

  /** Something that is no lease may stand in its place. */
  #isLeaseOurs(): boolean {
    try {
      return readLease(this.#files.lease)?.token === this.#lease.token;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return false;
    }
  }

  #writeLease(): void {
    if (this.#lock.isRemoved) return;
    const { state } = this.#receiving;
    this.#lease.receives =
      state.state === 'receiving' ? { port: state.port, keep: state.keep, token: state.token } : null;
    writeLease(this.#files.lease, this.#lease, this.#options.random);
  }

  #removeLease(): void {
    if (!this.#lock.isRemoved && this.#isLeaseOurs()) rmSync(this.#files.lease, { force: true });
  }
}

/** What a process that was killed left behind. */
function removeSocket(socket: string): void {
  if (process.platform !== 'win32') rmSync(socket, { force: true });
}
