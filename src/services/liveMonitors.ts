import { UserError } from '../engine/errors.ts';
import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import { EvaluationStream } from '../engine/monitors/evaluationStream.ts';
import { MonitorStore } from '../engine/monitors/monitorStore.ts';
import { type OpenMonitors, openMonitors } from '../engine/monitors/openMonitors.ts';
import type { Clock, Environment, Log, Random } from '../engine/ports.ts';
import type { Owner } from '../engine/store/lease.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import type { MonitorConfig } from '../engine/suites/monitoring/monitorConfig.ts';
import type { EvaluationHub } from '../engine/telemetry/stream/evaluationHub.ts';
import { TraceStore } from '../engine/traces/traceStore.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import type { StreamStatus } from '../protocol/servicesCalls.ts';
import type { ConfigurationFile, ConfigurationReader } from './configurationFile.ts';
import { EvaluationDeliveries } from './evaluationDeliveries.ts';
import type { LiveConsumer, LiveSource } from './live.ts';

/** How often it is looked whether touchstone.yaml has changed, in milliseconds. */
const LOOK_MS = 1_000;

export interface LiveMonitorsOptions {
  root: string;
  configuration: ConfigurationFile;
  /** Hears of evaluations. */
  hub: EvaluationHub;
  clock: Clock;
  random: Random;
  /** Keys of judges are read from it. */
  environment: Environment;
  owner: Owner;
  /** What it tells of itself has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

/** Evaluates received spans by the monitors of touchstone.yaml, which is read anew when it changes. */
export class LiveMonitors implements LiveConsumer {
  readonly name = 'monitors';
  readonly #options: LiveMonitorsOptions;
  #running: Running | undefined;
  #added: readonly MonitorConfig[] = [];

  constructor(options: LiveMonitorsOptions) {
    this.#options = options;
  }

  /** Evaluates by these from now on, beside those of touchstone.yaml; deployments bring them along. */
  async add(monitors: readonly MonitorConfig[]): Promise<void> {
    this.#added = monitors;
    await this.#running?.add(monitors);
  }

  get status(): StreamStatus {
    const running = this.#running;
    const subscribers = this.#options.hub.subscribers.map((subscriber) => ({
      ...subscriber,
      failed: running?.failedOf(subscriber.name) ?? 0,
    }));
    return { ...(running?.status ?? { monitors: [], behind: 0, problem: null }), subscribers };
  }

  async run(source: LiveSource, signal: AbortSignal): Promise<void> {
    // Before anything is waited for: what comes from now on is evaluated.
    const running = new Running(this.#options, source, this.#added);
    this.#running = running;
    try {
      await running.follow(signal);
    } finally {
      await running.close();
      this.#running = undefined;
    }
  }
}

/** Monitors over an open store. */
class Running {
  readonly #options: LiveMonitorsOptions;
  readonly #source: LiveSource;
  /** Where the first monitors begin; undefined once there were some, or none. */
  #from: number | undefined;
  /** Of its own: the receiver closes the other one beneath it. */
  readonly #traces: TraceStore;
  readonly #store: MonitorStore;
  readonly #stream: EvaluationStream;
  readonly #file: ConfigurationReader;
  readonly #deliveries: EvaluationDeliveries;
  readonly #ended = new AbortController();
  #opened: OpenMonitors | undefined;
  #isStepping = false;
  /** Monitors that cannot be opened as they are written. */
  #openProblem: string | null = null;
  /** As it was read last. */
  #workspace: Workspace | null | undefined;
  #added: readonly MonitorConfig[];
  /** Ends with `follow`. */
  #until: AbortSignal | undefined;
  /** As they were when they could be read last. */
  #figures: Pick<StreamStatus, 'monitors' | 'behind'> = { monitors: [], behind: 0 };

  constructor(options: LiveMonitorsOptions, source: LiveSource, added: readonly MonitorConfig[]) {
    const { root, hub, clock, environment, onBug, onChange } = options;
    this.#options = options;
    this.#source = source;
    this.#added = added;
    this.#from = source.traces.lastSeq;
    this.#traces = new TraceStore(traceStorePath(root), { clock });
    this.#store = new MonitorStore(traceStorePath(root));
    this.#stream = new EvaluationStream({
      ...{ spans: this.#traces.log, store: this.#store, clock, onBug },
      traces: this.#traces,
      publish: (evaluations) => {
        if (evaluations.length === 0) return;
        hub.publish(evaluations);
        if (!this.#isStepping) source.intake.touch();
        onChange();
      },
    });
    this.#file = options.configuration.follow();
    this.#deliveries = new EvaluationDeliveries({ hub, clock, random: options.random, environment });
  }

  get status(): Omit<StreamStatus, 'subscribers'> {
    const unread = this.#readFigures();
    const refusal = this.#stream.lastRefusal;
    const problem =
      unread ?? this.#file.problem ?? this.#openProblem ?? this.#opened?.problem ?? this.#deliveries.problem;
    return { ...this.#figures, problem: problem ?? (refusal && `${refusal.monitor}: ${refusal.message}`) };
  }

  failedOf(subscriber: string): number {
    return this.#deliveries.failedOf(subscriber);
  }

  /** Until the signal is aborted. Rejects with StoreError. */
  async follow(signal: AbortSignal): Promise<void> {
    const until = AbortSignal.any([signal, this.#ended.signal]);
    this.#until = until;
    await this.#reload(until);
    await Promise.race([this.#watch(until), this.#evaluate(until)]);
  }

  async add(monitors: readonly MonitorConfig[]): Promise<void> {
    this.#added = monitors;
    if (this.#workspace !== undefined && this.#until && !this.#until.aborted)
      await this.#use(this.#workspace, this.#until);
  }

  async close(): Promise<void> {
    this.#ended.abort('closed');
    await this.#stream.close();
    await this.#deliveries.close();
    await this.#opened?.close();
    this.#store.close();
    this.#traces.close();
  }

  /** Returns why they cannot be read now; who asks for them is no reason to end. */
  #readFigures(): string | null {
    try {
      this.#figures = { monitors: this.#store.figures, behind: this.#stream.behind };
      return null;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return error.message;
    }
  }

  async #evaluate(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => aborted.resolve(), { once: true });
    while (!signal.aborted) {
      const next = this.#source.intake.nextStored();
      if (await this.#stepAll(signal)) this.#source.intake.touch();
      if (!signal.aborted) await Promise.race([next, aborted.promise]);
    }
  }

  /** Whether there was anything. The list of traces is told once, and not with each step. */
  async #stepAll(signal: AbortSignal): Promise<boolean> {
    let stepped = false;
    while (!signal.aborted && this.#step()) {
      stepped = true;
      await turn();
    }
    return stepped;
  }

  #step(): boolean {
    this.#isStepping = true;
    try {
      return this.#stream.step();
    } finally {
      this.#isStepping = false;
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(LOOK_MS, signal).catch(() => {});
      if (!signal.aborted) await this.#reload(signal);
    }
  }

  async #reload(signal: AbortSignal): Promise<void> {
    const workspace = await this.#file.read();
    if (workspace !== undefined) {
      this.#workspace = workspace;
      await this.#use(workspace, signal);
    }
    if (workspace !== undefined || this.#file.problem !== null) this.#options.onChange();
  }

  async #use(workspace: Workspace | null, signal: AbortSignal): Promise<void> {
    const before = this.#opened;
    const opened = await this.#open(workspace && withMonitors(workspace, this.#added), signal);
    if (opened === 'failed') return;

    this.#opened = opened;
    await this.#deliveries.use(workspace?.config.stream ?? []);
    const set = {
      monitors: opened?.monitors ?? [],
      price: spanPrice(workspace?.config.providers ?? {}),
      clean: <T>(value: T): T => opened?.clean(value) ?? value,
    };
    const ended = this.#stream.use(set, this.#from);
    this.#from = undefined;
    // Judges of the former ones may still be asked.
    void ended.then(() => before?.close()).catch(this.#options.onBug);
    this.#source.intake.touch();
  }

  /** What cannot be opened leaves the former ones as they are. */
  async #open(
    workspace: Workspace | null,
    signal: AbortSignal,
  ): Promise<OpenMonitors | undefined | 'failed'> {
    this.#openProblem = null;
    if (!workspace?.config.monitors) return undefined;

    const { clock, random, environment, owner, onBug } = this.#options;
    const log: Log = {
      write: (level, message, fields) => {
        if (level === 'error') onBug(new Error(message, { cause: fields }));
      },
    };
    try {
      return await openMonitors(workspace, { clock, random, environment, owner, log }, signal);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#openProblem = error.describe().split('\n', 1)[0] ?? error.message;
      return 'failed';
    }
  }
}

function withMonitors(workspace: Workspace, added: readonly MonitorConfig[]): Workspace {
  if (added.length === 0) return workspace;
  const monitors = [...(workspace.config.monitors ?? []), ...added];
  return { ...workspace, config: { ...workspace.config, monitors } };
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
