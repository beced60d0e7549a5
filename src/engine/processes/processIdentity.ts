import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Distinguishes a process from a later one with the same id: by where the id is valid (boot and process namespace) and
 * when the process started. Null if there is no such process, or the system does not provide this.
 */
export function processIdentity(pid: number): string | null {
  const started = startOf(pid);
  return started === null ? null : `${space()}.${started}`;
}

/**
 * Whether the process with this id and identity still exists; null if that cannot be determined, for example for a
 * process in another container.
 */
export function isRunning(pid: number, identity: string | null): boolean | null {
  if (identity !== null && identity.split('.')[0] !== space()) return null;
  if (!exists(pid)) return false;
  const now = processIdentity(pid);
  return identity === null || now === null || now === identity;
}

/** Signal 0 only asks; EPERM means that the process exists and belongs to somebody else. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** In ticks since the machine was started, or as a date. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      // The name in brackets may contain anything; the start time is field 22, the 20th after it.
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
    }
    if (process.platform === 'win32') return null;
    const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
    const printed = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
      stdio,
      timeout: 5_000,
    }).trim();
    return printed === '' ? null : hash('sha256', printed, 'hex').slice(0, 12);
  } catch {
    return null;
  }
}

/** Process ids are only unique within a boot and a namespace. */
function space(): string {
  return hash(
    'sha256',
    `${read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'))}
${read(() => readlinkSync('/proc/self/ns/pid'))}`,
    'hex',
  ).slice(0, 12);
}

function read(source: () => string): string {
  try {
    return source().trim();
  } catch {
    return '';
  }
}
