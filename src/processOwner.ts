import os from 'node:os';
import type { Owner } from './engine/store/runStore.ts';

/** This process, as it claims runs. */
export function processOwner(): Owner {
  return { pid: process.pid, host: os.hostname(), alive: isAlive };
}

/** Signal 0 only asks; EPERM means that the process exists and belongs to somebody else. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
