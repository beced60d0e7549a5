/** The latest calls that said something about their provider. Never changed: each call gives a new one. */
export interface CallWindow {
  total: number;
  failed: number;
  slow: number;
  /** Oldest first. */
  readonly front: Entry | undefined;
  /** Newest first. */
  readonly back: Entry | undefined;
}

/** One call, or those of one short stretch of time. */
interface Entry {
  /** When the first of them ended, on the monotonic clock in milliseconds. */
  at: number;
  total: number;
  failed: number;
  slow: number;
  next: Entry | undefined;
}

/** What a window covers: the latest `calls` calls, as far as they are no older than `ms`. */
export interface WindowLimits {
  calls: number;
  ms: number;
}

/** A window of time keeps calls together that ended within this share of it, so that its size does not grow with their rate. */
const STRETCH = 0.01;

export const NO_CALLS: CallWindow = { total: 0, failed: 0, slow: 0, front: undefined, back: undefined };

export function recordCall(
  window: CallWindow,
  call: { failed: boolean; slow: boolean },
  now: number,
  limits: WindowLimits,
): CallWindow {
  const { total, failed, slow, front, back } = window;
  const [hasFailed, wasSlow] = [Number(call.failed), Number(call.slow)];
  const joins = limits.calls === Infinity && back !== undefined && now - back.at < limits.ms * STRETCH;
  const entry: Entry = joins
    ? { ...back, total: back.total + 1, failed: back.failed + hasFailed, slow: back.slow + wasSlow }
    : { at: now, total: 1, failed: hasFailed, slow: wasSlow, next: back };

  const recorded = { total: total + 1, failed: failed + hasFailed, slow: slow + wasSlow, front, back: entry };
  return recentCalls(recorded, now, limits);
}

/** The window without what it no longer covers. */
export function recentCalls(window: CallWindow, now: number, { calls, ms }: WindowLimits): CallWindow {
  let recent = window;
  for (;;) {
    if (!recent.front) recent = { ...recent, front: reversed(recent.back), back: undefined };
    const oldest = recent.front;
    if (!oldest || (recent.total <= calls && oldest.at > now - ms)) return recent;
    recent = {
      total: recent.total - oldest.total,
      failed: recent.failed - oldest.failed,
      slow: recent.slow - oldest.slow,
      front: oldest.next,
      back: recent.back,
    };
  }
}

function reversed(entries: Entry | undefined): Entry | undefined {
  let turned: Entry | undefined;
  for (let entry = entries; entry; entry = entry.next) turned = { ...entry, next: turned };
  return turned;
}
