import { rmSync } from 'node:fs';
import { servicesFiles } from '../engine/attach/servicesFiles.ts';
import { readLease, type ServicesLease, writeLease } from '../engine/attach/servicesLease.ts';
import { ServicesLock } from '../engine/attach/servicesLock.ts';
import type { Random } from '../engine/ports.ts';
import { isRunning } from '../engine/processes/processIdentity.ts';

/**
 * The next process goes on with what one that was killed had done. This takes it back: nothing of it is started again. Undefined where
 * there is nothing to take back, or a process lives that has it. Throws StoreError.
 */
export function forgetServices(root: string): ServicesLease | undefined {
  return withLeft(root, (_left, file) => rmSync(file, { force: true }));
}

/** The same for its gateway alone. */
export function forgetGateway(root: string, random: Random): ServicesLease['gateway'] {
  const left = withLeft(root, (lease, file) => {
    if (lease.gateway) writeLease(file, { ...lease, gateway: null }, random);
  });
  return left?.gateway ?? null;
}

function withLeft(
  root: string,
  work: (left: ServicesLease, file: string) => void,
): ServicesLease | undefined {
  const files = servicesFiles(root);
  const isLeft = (lease: ServicesLease) => isRunning(lease.pid, lease.started) === false;
  const seen = readLease(files.lease);
  if (!seen || !isLeft(seen)) return undefined;

  const lock = ServicesLock.take(files.lock);
  if (!lock) return undefined;
  try {
    // Another process may have come and gone meanwhile.
    const left = readLease(files.lease);
    if (!left || !isLeft(left)) return undefined;
    work(left, files.lease);
    return left;
  } finally {
    lock.release();
  }
}
