import { EXIT } from './exitCode.ts';
import type { Io } from './terminal/io.ts';

/** The first Ctrl-C stops politely, so that everything is stored; the second one ends at once. */
export function onInterrupt(io: Io): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) {
      process.exitCode = EXIT.interrupted;
      process.kill(process.pid, 'SIGKILL');
    }
    io.err('\nstopping: waiting for what is under way (again to end at once)');
    controller.abort(new DOMException('interrupted', 'AbortError'));
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    release: () => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
