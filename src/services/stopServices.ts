import { AttachError } from '../engine/attach/attach.ts';
import { servicesFiles } from '../engine/attach/servicesFiles.ts';
import { readLease } from '../engine/attach/servicesLease.ts';
import { endPrograms } from '../engine/deploy/routers/local/endPrograms.ts';
import type { Clock } from '../engine/ports.ts';
import { isRunning } from '../engine/processes/processIdentity.ts';
import { systemRandom } from '../systemRandom.ts';
import { forgetServices } from './forgetServices.ts';
import { ServicesLink } from './servicesLink.ts';

/** How long it may take to end when it is asked, in milliseconds; what is under way is finished first. */
const PATIENCE_MS = 8_000;
const LOOK_MS = 50;

/**
 * Ends the services process of a workspace, of whatever version, and the agent programs that it has started; returns its process id, null
 * where there is none: what one that was killed has left is not gone on with, either. One that does not answer is killed: what it has
 * acknowledged is stored. Rejects with AttachError.
 */
export async function stopServices(root: string, clock: Clock): Promise<number | null> {
  const pid = await stopProcess(root, clock);
  await endPrograms(root, { clock, random: systemRandom, signal: AbortSignal.timeout(PATIENCE_MS) });
  return pid;
}

async function stopProcess(root: string, clock: Clock): Promise<number | null> {
  const lease = readLease(servicesFiles(root).lease);
  // A number alone may be that of another program by now.
  if (!lease || isRunning(lease.pid, lease.started) !== true) {
    forgetServices(root);
    return null;
  }

  const isGone = (): boolean => isRunning(lease.pid, lease.started) === false;
  const understood = await askToStop(root, clock);
  // A workspace may come from anywhere: a lease that names a process by its number alone is no reason to end it.
  const isCertain = lease.started !== null;
  if (!understood && isCertain) signal(lease.pid, 'SIGTERM');
  if ((understood || isCertain) && (await until(isGone, PATIENCE_MS, clock))) return lease.pid;
  if (isCertain) signal(lease.pid, 'SIGKILL');
  if (isCertain && (await until(isGone, PATIENCE_MS, clock))) return lease.pid;
  if (!understood && !isCertain)
    throw new AttachError(
      `process ${lease.pid}, which .touchstone/services.json names, does not answer as the services process`,
      {
        remedy:
          'Remove .touchstone/services.json, or stop that process by hand if it is the services process.',
      },
    );
  throw new AttachError(`process ${lease.pid} cannot be stopped`, { remedy: 'Stop it by hand.' });
}

/** Whether it has understood. */
async function askToStop(root: string, clock: Clock): Promise<boolean> {
  try {
    const link = await ServicesLink.find(root, { client: 'terminal', clock });
    await link?.call('services/stop', {});
    return link !== undefined;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, ms: number, clock: Clock): Promise<boolean> {
  const deadline = clock.monotonic() + ms;
  while (!condition()) {
    if (clock.monotonic() >= deadline) return false;
    await clock.sleep(LOOK_MS);
  }
  return true;
}

function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended meanwhile.
  }
}
