import type { Io } from './terminal/io.ts';

/** Why work was aborted: the person asked for it. */
export class Interrupted extends DOMException {
  constructor() {
    super('interrupted', 'AbortError');
  }
}

/** Ctrl-C, what a supervisor sends, and a terminal that was closed. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first Ctrl-C stops politely, so that everything is stored; the second one ends at once. What was announced
 * as stored is stored by then, and agents end with this process. `message` is shown at the first one.
 */
export function onInterrupt(
  io: Io,
  message = 'stopping: waiting for calls in progress (press again to abort)',
): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      io.endAtOnce();
      return;
    }
    io.err(`\n${message}`);
    controller.abort(new Interrupted());
  };
  for (const name of SIGNALS) process.on(name, stop);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, stop);
    },
  };
}
