import type { Clock } from '../../ports.ts';
import type { MetricStore } from './metricStore.ts';

/** Between two looks for what is too old, in milliseconds. */
const TIDY_MS = 10 * 60_000;
/** By which the wall clock may differ from the time that has passed, in milliseconds. */
const DRIFT_MS = 60_000;

/**
 * Forgets what is not kept any longer, in small pieces. Nothing is forgotten right after the machine's clock has jumped, or the machine has
 * slept: what looks old may not be. Ends with its signal. Rejects with StoreError.
 */
export async function tidyMetrics(store: MetricStore, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const offset = clock.now() - clock.monotonic();
    await clock.sleep(TIDY_MS, signal).catch(() => {});
    const jumped = Math.abs(clock.now() - clock.monotonic() - offset) > DRIFT_MS;
    if (jumped) continue;
    while (!signal.aborted && (store.forgetSome(clock.now()) > 0 || store.shrinkSome()))
      await clock.sleep(0, signal).catch(() => {});
  }
}
