import { isRunning } from '../processes/processIdentity.ts';
import { servicesFiles } from './servicesFiles.ts';
import { readLease } from './servicesLease.ts';

/** Whether the services process of this workspace receives now. One that was killed leaves its lease behind. */
export function isReceiving(root: string): boolean {
  try {
    const lease = readLease(servicesFiles(root).lease);
    return lease !== undefined && lease.receives !== null && isRunning(lease.pid, lease.started) !== false;
  } catch {
    // No folder, a link, or the file of somebody else: nothing of ours receives.
    return false;
  }
}
