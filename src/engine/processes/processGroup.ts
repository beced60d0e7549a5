import { type ChildProcess, spawn } from 'node:child_process';

/** Groups that are to end with this process. What is running is a fact of the process, not of an engine. */
const running = new Set<ChildProcess>();

/**
 * Ends the process group of a detached child when this process exits in any way it can still notice. Returns a
 * function that undoes this, to be called when the child has exited.
 */
export function endWithThisProcess(child: ChildProcess): () => void {
  if (running.size === 0) process.on('exit', endAll);
  running.add(child);
  return () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  };
}

/** Signals a process group leader and everything it started. Does nothing if it has already exited. */
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
