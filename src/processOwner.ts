import os from 'node:os';
import { isRunning, processIdentity } from './engine/processes/processIdentity.ts';
import type { Owner } from './engine/store/lease.ts';

/** This process, as it claims runs. */
export function processOwner(): Owner {
  return { pid: process.pid, host: os.hostname(), started: processIdentity(process.pid), alive: isRunning };
}
