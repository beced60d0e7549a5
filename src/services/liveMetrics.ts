import type { LevelRetention } from '../engine/model/levelRetention.ts';
import type { Clock } from '../engine/ports.ts';
import type { RunStore } from '../engine/store/runStore.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { StoreReader } from '../engine/store/storeReader.ts';
import { retentionOf } from '../engine/suites/config/metricsConfig.ts';
import { LiveQuality } from '../engine/telemetry/metrics/liveQuality.ts';
import { MetricConsumer } from '../engine/telemetry/metrics/metricConsumer.ts';
import { MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import { tidyMetrics } from '../engine/telemetry/metrics/metricUpkeep.ts';
import { refusedSamples, resilienceSamples } from '../engine/telemetry/metrics/prometheus/stateSamples.ts';
import { measureRuns } from '../engine/telemetry/metrics/runQuality.ts';
import type { TraceIntake } from '../engine/traces/traceIntake.ts';
import { processOwner } from '../processOwner.ts';
import type { ConfigurationFile, ConfigurationReader } from './configurationFile.ts';
import type { ExposedMetrics } from './exposedMetrics.ts';
import type { LiveConsumer, LiveSource } from './live.ts';
import type { WorkspacePrices } from './workspacePrices.ts';

/** What comes together is measured together, in milliseconds. */
const SETTLE_MS = 100;
/** While spans keep coming, measuring waits so many times as long as it took: they are what the sender waits for. */
const YIELD = 1;
/** Between two looks for evaluations, which come after their spans, in milliseconds. */
const LOOK_MS = 1_000;
/** Between two looks for runs, whose end nobody tells here, and for prices, in milliseconds. */
const RUNS_MS = 5_000;

export interface LiveMetricsOptions {
  root: string;
  clock: Clock;
  exposed: ExposedMetrics;
  prices: WorkspacePrices;
  configuration: ConfigurationFile;
}

interface Measuring {
  store: MetricStore;
  intake: TraceIntake;
  spans: MetricConsumer;
  quality: LiveQuality;
}

/** Measures the received spans, their evaluations and the runs of a workspace into its metric store. */
export class LiveMetrics implements LiveConsumer {
  readonly name = 'metrics';
  readonly #root: string;
  readonly #clock: Clock;
  readonly #exposed: ExposedMetrics;
  readonly #prices: WorkspacePrices;
  readonly #runs: StoreReader;
  readonly #file: ConfigurationReader;
  /** Undefined while the file could not be read so far: what was kept before is kept. */
  #retention: LevelRetention | undefined;
  /** What was exposed of each log, which counts once there also where it is measured anew, into another file. */
  readonly #told = new WeakMap<LiveSource['traces'], { span: number; evaluation: number }>();
  readonly #toldRuns = new Set<string>();
  #store: MetricStore | undefined;

  constructor({ root, clock, exposed, prices, configuration }: LiveMetricsOptions) {
    this.#root = root;
    this.#clock = clock;
    this.#exposed = exposed;
    this.#prices = prices;
    this.#file = configuration.follow();
    this.#runs = new StoreReader(storePath(root));
    exposed.add(() =>
      refusedSamples(this.#store?.refused({ fromMs: 0, toMs: Number.MAX_SAFE_INTEGER }) ?? []),
    );
    exposed.add(() =>
      resilienceSamples(this.#runStore()?.health.ofOthers(processOwner(), clock.now()) ?? []),
    );
  }

  async run({ traces, intake }: LiveSource, signal: AbortSignal): Promise<void> {
    const store = new MetricStore(metricStorePath(this.#root), { clock: this.#clock });
    this.#store = store;
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    const shared = { store, clock: this.#clock };
    const told = this.#told.get(traces) ?? { span: 0, evaluation: 0 };
    this.#told.set(traces, told);
    const measuring: Measuring = {
      ...{ store, intake },
      spans: new MetricConsumer({
        ...{ ...shared, log: traces.log, price: this.#prices.price },
        onMeasured: (batch) => {
          const spans = batch.spans.filter(({ seq }) => seq > told.span);
          told.span = Math.max(told.span, batch.spans.at(-1)?.seq ?? 0);
          this.#exposed.spans.measured({ ...batch, spans });
        },
      }),
      quality: new LiveQuality({
        ...{ ...shared, log: traces.evaluations },
        onMeasured: (evaluations) => {
          this.#exposed.quality.evaluated(evaluations.filter(({ seq }) => seq > told.evaluation));
          told.evaluation = Math.max(told.evaluation, evaluations.at(-1)?.seq ?? 0);
        },
      }),
    };

    try {
      await Promise.race([tidyMetrics(store, this.#clock, until), this.#follow(measuring, until)]);
    } finally {
      ended.abort('ended');
      this.#store = undefined;
      store.close();
    }
  }

  async #follow({ store, intake, spans, quality }: Measuring, signal: AbortSignal): Promise<void> {
    const clock = this.#clock;
    let lookedAt = Number.NEGATIVE_INFINITY;
    while (!signal.aborted) {
      const came = intake.stored;
      const began = clock.monotonic();
      const isTimeToLook = began - lookedAt >= RUNS_MS;
      if (isTimeToLook) {
        await this.#prices.refresh();
        await this.#keep(store);
        lookedAt = began;
      }
      const isMore = [await spans.next(), quality.next()].includes(true);
      if (isTimeToLook) await this.#measureRuns(store);

      const tookMs = clock.monotonic() - began;
      if (isMore) await this.#pause(intake.stored === came ? 0 : tookMs * YIELD, signal);
      else {
        if (intake.stored === came) await this.#wake(intake, signal);
        await this.#pause(SETTLE_MS, signal);
      }
    }
  }

  /** For as long as touchstone.yaml says now. */
  async #keep(store: MetricStore): Promise<void> {
    const workspace = await this.#file.read();
    if (workspace !== undefined) this.#retention = retentionOf(workspace?.config);
    if (this.#retention) store.keep(this.#retention, this.#clock.now());
  }

  async #measureRuns(store: MetricStore): Promise<void> {
    const runs = this.#runStore();
    if (!runs) return;
    await measureRuns({
      ...{ runs, store, clock: this.#clock },
      onMeasured: (measured) => {
        if (!this.#toldRuns.has(measured.run.id)) this.#exposed.quality.ran(measured);
        this.#toldRuns.add(measured.run.id);
      },
    });
  }

  /** Undefined where there is none that can be read: runs are then measured later. */
  #runStore(): RunStore | undefined {
    try {
      return this.#runs.store;
    } catch {
      return undefined;
    }
  }

  /** As soon as something new is stored, or it is time to look for the rest. */
  async #wake(intake: TraceIntake, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    await Promise.race([intake.nextStored(), this.#pause(LOOK_MS, AbortSignal.any([signal, stop.signal]))]);
    stop.abort();
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal).catch(() => {});
  }
}
