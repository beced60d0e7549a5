import { spanPrice } from '../engine/models/prices/spanPrice.ts';
import type { Clock } from '../engine/ports.ts';
import { DEFAULT_LEVEL_RETENTION } from '../engine/telemetry/metrics/levels.ts';
import { MetricConsumer } from '../engine/telemetry/metrics/metricConsumer.ts';
import { MetricStore } from '../engine/telemetry/metrics/metricStore.ts';
import { metricStorePath } from '../engine/telemetry/metrics/metricStoreFormat.ts';
import { tidyMetrics } from '../engine/telemetry/metrics/metricUpkeep.ts';
import type { TraceIntake } from '../engine/traces/traceIntake.ts';
import type { LiveConsumer, LiveSource } from './live.ts';

/** What comes together is measured together, in milliseconds. */
const SETTLE_MS = 100;
/** While spans keep coming, measuring waits so many times as long as it took: they are what the sender waits for. */
const YIELD = 1;

/** Measures the received spans into the workspace's metric store. */
export class LiveMetrics implements LiveConsumer {
  readonly name = 'metrics';
  readonly #root: string;
  readonly #clock: Clock;

  constructor(root: string, clock: Clock) {
    this.#root = root;
    this.#clock = clock;
  }

  async run({ traces, intake }: LiveSource, signal: AbortSignal): Promise<void> {
    const clock = this.#clock;
    const store = new MetricStore(metricStorePath(this.#root), { clock });
    const ended = new AbortController();
    const until = AbortSignal.any([signal, ended.signal]);
    try {
      const consumer = new MetricConsumer({
        ...{ log: traces.log, store, clock, retention: DEFAULT_LEVEL_RETENTION, price: spanPrice({}) },
      });
      await Promise.race([tidyMetrics(store, clock, until), this.#follow(consumer, intake, until)]);
    } finally {
      ended.abort('ended');
      store.close();
    }
  }

  async #follow(consumer: MetricConsumer, intake: TraceIntake, signal: AbortSignal): Promise<void> {
    const clock = this.#clock;
    while (!signal.aborted) {
      const came = intake.stored;
      const began = clock.monotonic();
      const isMore = await consumer.next();
      const tookMs = clock.monotonic() - began;
      if (!isMore && intake.stored === came) await this.#wake(intake, signal);
      if (isMore) await this.#pause(intake.stored === came ? 0 : tookMs * YIELD, signal);
      else await this.#pause(SETTLE_MS, signal);
    }
  }

  /** As soon as something new is stored. */
  async #wake(intake: TraceIntake, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const aborted = Promise.withResolvers<void>();
    const stop = (): void => aborted.resolve();
    signal.addEventListener('abort', stop, { once: true });
    await Promise.race([intake.nextStored(), aborted.promise]);
    signal.removeEventListener('abort', stop);
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return this.#clock.sleep(ms, signal).catch(() => {});
  }
}
