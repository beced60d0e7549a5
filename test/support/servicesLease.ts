import { servicesFiles } from '../../src/engine/attach/servicesFiles.ts';
import { type ServicesLease, writeLease } from '../../src/engine/attach/servicesLease.ts';
import { processIdentity } from '../../src/engine/processes/processIdentity.ts';
import { systemRandom } from '../../src/systemRandom.ts';

/** Writes what a services process of a workspace says of itself: one that receives, and is this process unless told otherwise. */
export function leaseOf(root: string, lease: Partial<ServicesLease> = {}): void {
  const files = servicesFiles(root);
  const [socket = ''] = files.sockets('1');
  writeLease(
    files.lease,
    {
      ...{ pid: process.pid, started: processIdentity(process.pid), startedAt: Date.now(), socket },
      ...{ version: '1.0.0', token: 't', receives: { port: 4318, keep: false, token: null } },
      gateway: null,
      ...lease,
    },
    systemRandom,
  );
}
