import type { Clock } from '../ports.ts';
import { ForgettingTime } from '../telemetry/forgettingTime.ts';
import type { TraceIntake } from './traceIntake.ts';
import type { TraceStore } from './traceStore.ts';
import type { TraceSummary } from './traceSummary.ts';

/** How long after new spans their traces are summed up, in milliseconds: what comes together is summed up once. */
const SETTLE_MS = 100;
/** How long traces are summed up in one go, in milliseconds: whoever wants to store waits so long. */
const PIECE_MS = 15;
/** Traces of the first piece, and the most of one. */
const FIRST_PIECE = 20;
const MOST_AT_ONCE = 200;
/** Nothing new for so many milliseconds, and summing up goes on: what is sent is what its sender waits for. */
const QUIET_MS = 5;
/** While spans keep coming, it waits so many times as long as a piece took, and no longer. */
const YIELD = 9;
/** A long trace is read as a whole each time, and rests so many milliseconds for each of its spans. */
const REST_MS_PER_SPAN = 2;
/** Shorter traces never rest. */
const LONG_TRACE = 500;
/** Between two looks for what is too old or too much, in milliseconds. */
const TIDY_MS = 60_000;

export interface Upkeep {
  intake: TraceIntake;
  clock: Clock;
  signal: AbortSignal;
}

/**
 * What the trace store needs beside the spans: its list is brought up to date, and what is not kept any longer is forgotten. In
 * small pieces, since the receiver waits meanwhile. Ends with its signal. Rejects with StoreError.
 */
export async function keepUp(store: TraceStore, { intake, clock, signal }: Upkeep): Promise<void> {
  const resting = new Map<string, number>();
  let seen = intake.stored;
  let tidied = Number.NEGATIVE_INFINITY;
  const time = new ForgettingTime(clock, { known: store.latestArrivalMs ?? clock.now(), lookMs: TIDY_MS });

  while (!signal.aborted) {
    const came = intake.stored;
    await sumUpAll();
    if (clock.monotonic() - tidied >= TIDY_MS) {
      await tidyAll();
      tidied = clock.monotonic();
    }

    const next = Math.min(tidied + TIDY_MS, ...resting.values()) - clock.monotonic();
    if (intake.stored === came) await wake(next);
    await pause(SETTLE_MS);
  }

  async function sumUpAll(): Promise<void> {
    for (const [id, until] of resting) if (until <= clock.monotonic()) resting.delete(id);
    for (let most = FIRST_PIECE; !signal.aborted; ) {
      const began = clock.monotonic();
      const { done, summaries } = store.sumUpSome(most, [...resting.keys()]);
      if (done === 0) return;

      for (const summary of summaries) letRest(summary);
      const tookMs = clock.monotonic() - began;
      most = tookMs > PIECE_MS ? Math.max(1, most >> 1) : Math.min(MOST_AT_ONCE, most * 2);
      await pause(0);
      for (let waitedMs = 0; isBusy() && waitedMs < tookMs * YIELD; waitedMs += QUIET_MS)
        await pause(QUIET_MS);
    }
  }

  /** Whether something was stored since this was asked last. */
  function isBusy(): boolean {
    const before = seen;
    seen = intake.stored;
    return seen !== before;
  }

  function letRest({ traceId, spans }: TraceSummary): void {
    if (spans > LONG_TRACE) resting.set(traceId, clock.monotonic() + spans * REST_MS_PER_SPAN);
  }

  async function tidyAll(): Promise<void> {
    const now = time.look();
    while (!signal.aborted && (store.forgetSome(now) > 0 || store.shrinkSome())) await pause(0);
  }

  /** After so long, or as soon as something new is stored. */
  async function wake(ms: number): Promise<void> {
    const stop = new AbortController();
    await Promise.race([intake.nextStored(), pause(ms, AbortSignal.any([signal, stop.signal]))]);
    stop.abort();
  }

  function pause(ms: number, until = signal): Promise<void> {
    return clock.sleep(Math.max(0, ms), until).catch(() => {});
  }
}
