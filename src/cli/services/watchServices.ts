import { systemClock } from '../../engine/ports.ts';
import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import { ServicesLink } from '../../services/servicesLink.ts';
import { EXIT } from '../exitCode.ts';
import { Interrupted, onInterrupt } from '../interrupt.ts';
import type { Io } from '../terminal/io.ts';
import { askServices } from './runningServices.ts';

/**
 * Shows the status of a workspace's services process, undefined where none runs; with `again` whenever it changes, until Ctrl-C or
 * the end of the process. Returns the last exit code that `show` gave.
 */
export async function watchServices(
  root: string,
  again: boolean,
  show: (status: ServicesStatus | undefined) => number,
  io: Io,
): Promise<number> {
  if (!again) return show(await askServices(root, (link) => link.call('services/status', {})));

  const gone = new AbortController();
  const { signal, release } = onInterrupt(io, 'ended');
  const link = await ServicesLink.find(root, {
    ...{ client: 'terminal' as const, clock: systemClock },
    onStatus: (status) => void show(status),
    onGone: () => gone.abort('gone'),
  });
  try {
    if (!link) return show(undefined);
    show(await link.call('services/status', {}));
    await ended(AbortSignal.any([signal, gone.signal]));
    return gone.signal.aborted ? show(undefined) : EXIT.passed;
  } catch (error) {
    if (error instanceof Interrupted) return EXIT.passed;
    throw error;
  } finally {
    link?.close();
    release();
  }
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    // The connection keeps the process alive meanwhile.
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
