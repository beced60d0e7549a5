import type { Clock } from '../../ports.ts';
import type { MetricStore } from './metricStore.ts';

/** Between two looks for what is too old, in milliseconds. */
const TIDY_MS = 10 * 60_000;
/** By which the wall clock may differ from the time that has passed, in milliseconds. */
const DRIFT_MS = 60_000;

/** Later than this after what was forgotten last, the clock may be wrong, or the machine was off. */
const GAP_MS = 2 * TIDY_MS;
/** Looks in a row at a steady clock after which it is believed all the same. */
const STEADY_LOOKS = 3;
/** By how much more is then forgotten with each look, in milliseconds: a clock that is wrong for long does not empty the store. */
const CATCH_UP_MS = 4 * 3_600_000;

/**
 * Forgets what is not kept any longer, in small pieces. Little is forgotten, and late, where the machine's clock has jumped, or the machine
 * was off: what looks old may not be. Ends with its signal. Rejects with StoreError.
 */
export async function tidyMetrics(store: MetricStore, clock: Clock, signal: AbortSignal): Promise<void> {
  let known = store.forgottenAt ?? clock.now();
  let steadyLooks = 0;
  while (!signal.aborted) {
    const offset = clock.now() - clock.monotonic();
    await clock.sleep(TIDY_MS, signal).catch(() => {});
    const now = clock.now();
    const jumped = Math.abs(now - clock.monotonic() - offset) > DRIFT_MS;
    steadyLooks = jumped ? 0 : steadyLooks + 1;
    const isGap = now - known > GAP_MS;
    if (jumped || (isGap && steadyLooks < STEADY_LOOKS)) continue;

    known = isGap ? Math.min(now, known + CATCH_UP_MS) : now;
    while (!signal.aborted && (store.forgetSome(known) > 0 || store.shrinkSome()))
      await clock.sleep(0, signal).catch(() => {});
  }
}
