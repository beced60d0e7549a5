import type { Clock } from '../../ports.ts';

/** Keeps the lease on the run while calls are slow: beats every `everyMs`. Ends with the returned controller. */
export function heartbeat(
  clock: Clock,
  everyMs: number,
  beat: () => void,
  onError: (error: unknown) => void,
): AbortController {
  const stop = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(everyMs, stop.signal);
      beat();
    }
  };
  loop().catch((error) => {
    if (!stop.signal.aborted) onError(error);
  });
  return stop;
}
