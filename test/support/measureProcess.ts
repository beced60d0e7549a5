import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Measured {
  code: number | null;
  wallMs: number;
  /** Largest resident size in bytes, of the process and its children together; null off Linux. */
  peakBytes: number | null;
  out: string;
}

/** Runs a program and watches its time and memory. */
export async function measureProcess(
  command: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Measured> {
  const started = performance.now();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  const take = (data: Buffer): void => {
    out += data;
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, peakOf(child.pid ?? 0));
  }, 10);
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  clearInterval(watch);
  return { code, wallMs: performance.now() - started, peakBytes: peak === 0 ? null : peak, out };
}

/** High-water marks of the process and its children, added up. */
function peakOf(pid: number): number {
  try {
    const own =
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (children === '') return own;
    return children.split(' ').reduce((sum, childPid) => sum + peakOf(Number(childPid)), own);
  } catch {
    return 0;
  }
}
