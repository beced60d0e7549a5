import { existsSync } from 'node:fs';
import { UserError } from '../engine/errors.ts';
import { Connection } from '../engine/http/httpConnection.ts';
import { linkLocalGuard } from '../engine/http/linkLocal.ts';
import type { AlertsConfig } from '../engine/model/alertRule.ts';
import type { Clock, Environment, Random } from '../engine/ports.ts';
import { AlertDelivery } from '../engine/telemetry/alerts/alertDelivery.ts';
import { AlertKeeper } from '../engine/telemetry/alerts/alertKeeper.ts';
import { AlertStore } from '../engine/telemetry/alerts/alertStore.ts';
import { alertStorePath } from '../engine/telemetry/alerts/alertStoreFormat.ts';
import { CURSORS, MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import { alertTraces } from '../engine/traces/alertTraces.ts';
import { TraceStore } from '../engine/traces/traceStore.ts';
import { traceStorePath } from '../engine/traces/traceStoreFormat.ts';
import type { ConfigurationFile, ConfigurationReader } from './configurationFile.ts';

/** How often alerts are looked at, in milliseconds. */
const LOOK_MS = 5_000;

export interface LiveAlertsOptions {
  /** Real path of the workspace. */
  root: string;
  configuration: ConfigurationFile;
  clock: Clock;
  random: Random;
  /** Secrets of webhooks are read from it; null where the editor has started this process. */
  environment: Environment | null;
  /** Whether spans can come now. */
  isReceiving(): boolean;
  /** The problems have changed. */
  onChange(): void;
  onBug(error: unknown): void;
}

interface Opened {
  store: AlertStore;
  keeper: AlertKeeper;
  delivery: AlertDelivery;
  connection: Connection;
}

/** Only read, and opened anew for each look: others create and replace them. */
interface Sources {
  metrics: MetricStore;
  traces: TraceStore;
}

const NONE: AlertsConfig = { rules: [], channels: [] };
const NOTHING = { spans: 0, evaluations: 0 };

/** Looks at the alerts of touchstone.yaml from time to time, whether spans come or not, and tells their channels. */
export class LiveAlerts {
  readonly #options: LiveAlertsOptions;
  readonly #file: ConfigurationReader;
  /** Undefined while the file could not be read so far: what fires is neither looked at nor taken back. */
  #config: AlertsConfig | undefined;
  /** What had been stored at the last look. */
  #stored = NOTHING;
  #opened: Opened | undefined;
  #sources: Sources | undefined;
  #failure: string | null = null;
  #told = '';

  constructor(options: LiveAlertsOptions) {
    this.#options = options;
    this.#file = options.configuration.follow();
  }

  /** Why alerts cannot be looked at now, or are looked at as touchstone.yaml said before. */
  get problems(): string[] {
    const isMeant = this.#config
      ? this.#config.rules.length > 0
      : existsSync(alertStorePath(this.#options.root));
    const file = isMeant ? this.#file.problem : null;
    return [this.#failure, file].flatMap((problem) => (problem === null ? [] : [`alerts: ${problem}`]));
  }

  /** Until the signal is aborted; what is being sent then is sent again by the next process. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#look();
        this.#failure = null;
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof UserError)) this.#options.onBug(error);
        this.#failure = error instanceof Error ? error.message : String(error);
        await this.#close();
      }
      this.#tell();
      await this.#options.clock.sleep(LOOK_MS, signal).catch(() => {});
    }
    await this.#close();
  }

  async #look(): Promise<void> {
    const { root, onBug } = this.#options;
    const workspace = await this.#file.read();
    if (workspace !== undefined) this.#config = workspace?.config.alerts ?? NONE;
    if (!this.#config) return;

    const { rules, channels } = this.#config;
    // What was told of rules that are gone has to be taken back.
    if (rules.length === 0 && !existsSync(alertStorePath(root))) return;

    this.#opened ??= this.#open();
    this.#sources = this.#openSources();
    try {
      this.#opened.keeper.look(rules, { receiving: this.#isWatching(this.#sources) });
    } finally {
      this.#sources.metrics.close();
      this.#sources.traces.close();
      this.#sources = undefined;
    }
    this.#opened.delivery.begin(channels, onBug);
  }

  /** Spans can come, and those that had come at the last look are measured: a figure that lags says nothing of a silence. */
  #isWatching({ metrics, traces }: Sources): boolean {
    const before = this.#stored;
    this.#stored = { spans: traces.lastSeq, evaluations: traces.evaluations.lastSeq };
    const isMeasured =
      metrics.cursor(CURSORS.spans).seq >= before.spans &&
      metrics.cursor(CURSORS.evaluations).seq >= before.evaluations;
    return isMeasured && this.#options.isReceiving();
  }

  #open(): Opened {
    const { root, clock, random, environment } = this.#options;
    const store = new AlertStore(alertStorePath(root));
    const connection = new Connection(linkLocalGuard());
    const delivery = new AlertDelivery(store, { connection, clock, random, environment });
    const sources = (): Sources => {
      if (this.#sources) return this.#sources;
      throw new Error('alerts are looked at without sources');
    };
    const keeper = new AlertKeeper({
      ...{ store, clock, root },
      figures: { total: (query) => sources().metrics.total(query) },
      evaluations: {
        after: (seq, limit) => sources().traces.evaluations.after(seq, limit),
        get lastSeq() {
          return sources().traces.evaluations.lastSeq;
        },
      },
      traces: {
        worst: (rule, window, limit) => alertTraces(sources().traces).worst(rule, window, limit),
        scored: (scores) => alertTraces(sources().traces).scored(scores),
      },
    });
    return { store, keeper, delivery, connection };
  }

  #openSources(): Sources {
    const { root, clock } = this.#options;
    const metrics = new MetricStore(metricStorePath(root), { access: 'read', clock });
    try {
      return { metrics, traces: new TraceStore(traceStorePath(root), { access: 'read', clock }) };
    } catch (error) {
      metrics.close();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.delivery.close();
    opened?.connection.close();
    opened?.store.close();
  }

  #tell(): void {
    const now = this.problems.join('\n');
    if (now !== this.#told) this.#options.onChange();
    this.#told = now;
  }
}
