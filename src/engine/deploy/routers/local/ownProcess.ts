import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Clock } from '../../../ports.ts';
import { isRunning } from '../../../processes/processIdentity.ts';

/** Between the polite and the forced end, in milliseconds. */
const GRACE_MS = 5_000;
const LOOK_MS = 50;

/** A process that was started here or by an earlier process: known by its id and by when it was started. */
export interface OwnProcess {
  pid: number;
  identity: string | null;
}

/** Whether it goes on. A process that cannot be told from a later one of the same id counts as gone: it is not touched. */
export function isAlive({ pid, identity }: OwnProcess): boolean {
  return pid > 0 && isRunning(pid, identity) === true && !isZombie(pid);
}

/** Ends it with all that it has started. Does nothing where it has ended. Rejects with the reason of the signal. */
export async function endProcess(own: OwnProcess, clock: Clock, signal: AbortSignal): Promise<void> {
  if (!isAlive(own)) return;
  signalGroup(own.pid, 'SIGTERM');
  const until = clock.monotonic() + GRACE_MS;
  while (isAlive(own) && clock.monotonic() < until) await clock.sleep(LOOK_MS, signal);

  // Its children, too, which may have outlived it.
  signalGroup(own.pid, 'SIGKILL');
  while (isAlive(own)) await clock.sleep(LOOK_MS, signal);
}

function signalGroup(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => {},
    );
    return;
  }
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM')))
      throw error;
  }
}

/** Has ended, and nobody has asked for its exit code: so it is where an earlier process had started it, in some containers. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
