import { type ChildProcess, spawn } from 'node:child_process';

/** Groups that are to end with this process. What is running is a fact of the process, not of an engine. */
const running = new Set<ChildProcess>();

/**
 * Ends the group of a detached child when this process exits, in whatever way it can still notice. Returns what
 * takes that back, to be called when the child is gone.
 */
export function endWithThisProcess(child: ChildProcess): () => void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  };
}

/** Signals a process that leads a group of its own, and everything it started. One that is already gone is fine. */
export function killGroup(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    // Windows has no groups to signal; taskkill follows the tree and always ends it by force.
    if (child.exitCode === null && child.signalCode === null) {
      spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true }).on(
        'error',
        () => child.kill(),
      );
    }
    return;
  }

  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && (error.code === 'ESRCH' || error.code === 'EPERM'))) {
      throw error;
    }
  }
}

function endAll(): void {
  for (const child of running) killGroup(child, 'SIGKILL');
}
