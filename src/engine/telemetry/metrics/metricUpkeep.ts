import type { Clock } from '../../ports.ts';
import { ForgettingTime } from '../forgettingTime.ts';
import type { MetricStore } from './metricStore.ts';

/** Between two looks for what is too old, in milliseconds. */
const TIDY_MS = 10 * 60_000;

/** Forgets what is not kept any longer, in small pieces. Ends with its signal. Rejects with StoreError. */
export async function tidyMetrics(store: MetricStore, clock: Clock, signal: AbortSignal): Promise<void> {
  const time = new ForgettingTime(clock, { known: store.forgottenAt ?? clock.now(), lookMs: TIDY_MS });
  while (!signal.aborted) {
    await clock.sleep(TIDY_MS, signal).catch(() => {});
    const now = time.look();
    while (!signal.aborted && (store.forgetSome(now) > 0 || store.shrinkSome()))
      await clock.sleep(0, signal).catch(() => {});
  }
}
