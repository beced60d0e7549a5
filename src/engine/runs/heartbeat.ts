import type { Clock } from '../ports.ts';

/** The store learns at least this often that the run is alive, in milliseconds. */
const HEARTBEAT_MS = 10_000;

/** Keeps the claim on the run while calls are slow; ends with the returned controller. */
export function heartbeat(
  clock: Clock,
  beat: () => void,
  onError: (error: unknown) => void,
): AbortController {
  const stop = new AbortController();
  const loop = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      await clock.sleep(HEARTBEAT_MS, stop.signal);
      beat();
    }
  };
  loop().catch((error) => {
    if (!stop.signal.aborted) onError(error);
  });
  return stop;
}
