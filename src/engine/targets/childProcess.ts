import { ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../ports.ts';
import { endWithThisProcess, killGroup } from '../processes/processGroup.ts';

export interface ProcessRequest {
  /** Program and arguments; no shell is involved. */
  command: readonly [string, ...string[]];
  cwd: string;
  /** The whole environment of the process. */
  env: { [name: string]: string };
  /** Written to its standard input, which is then closed. */
  input: string;
  timeoutMs: number;
  /** Limit for standard output and for standard error, each, in bytes. */
  maxBytes: number;
  signal: AbortSignal;
}

/** How a process ended. `stderr` is what it had written by then. */
export type ProcessEnd = { stdout: Buffer; stderr: Buffer } & (
  | { kind: 'exited'; code: number }
  | { kind: 'killed'; signal: string }
  | { kind: 'timeout' }
  | { kind: 'overflow'; stream: 'stdout' | 'stderr' }
  /** It never ran; `code` is the system's, e.g. ENOENT. */
  | { kind: 'unstarted'; code: string; message: string }
);

/** Time between the polite and the forced end, in milliseconds. */
const GRACE_MS = 2_000;
/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;
/** How long output may still arrive after the process is gone, through a descendant that left its group. */
const DRAIN_MS = 1_000;

/**
 * Runs a process to its end and collects what it wrote. It runs in a group of its own, so its children end
 * with it: after a time limit, too much output, an abort, its own exit, or the end of this process.
 * Rejects only when aborted, with the signal's reason, after the process is gone.
 */
export async function runProcess(request: ProcessRequest, clock: Clock): Promise<ProcessEnd> {
  const { signal, maxBytes } = request;
  signal.throwIfAborted();
  const child = start(request);
  if (!(child instanceof ChildProcess)) return child;
  const release = endWithThisProcess(child);
  const over = new AbortController();
  let ended: 'timeout' | 'stdout' | 'stderr' | undefined;
  const stop = (why?: typeof ended) => {
    if (over.signal.aborted) return;
    ended ??= why;
    killGroup(child, 'SIGTERM');
    after(clock, GRACE_MS, over.signal, () => killGroup(child, 'SIGKILL'));
  };
  const stdout = collect(child.stdout, maxBytes, () => stop('stdout'));
  const stderr = collect(child.stderr, maxBytes, () => stop('stderr'));
  const abort = () => stop();
  signal.addEventListener('abort', abort, { once: true });
  after(clock, request.timeoutMs, over.signal, () => stop('timeout'));
  // A process may exit without reading its input; the broken pipe is not an error of ours.
  child.stdin?.on('error', () => {});
  child.stdin?.end(request.input);
  try {
    const how = await untilClosed(child, clock, over.signal);
    signal.throwIfAborted();
    const written = { stdout: stdout(), stderr: stderr() };
    if (how.kind === 'unstarted') return { ...how, ...written };
    if (ended === 'timeout') return { kind: 'timeout', ...written };
    if (ended) return { kind: 'overflow', stream: ended, ...written };
    return { ...how, ...written };
  } finally {
    release();
    over.abort();
    signal.removeEventListener('abort', abort);
  }
}

/** Some failures to start are thrown (a folder that is a file, too many arguments), others are an event. */
function start({ command, cwd, env }: ProcessRequest): ChildProcess | ProcessEnd {
  const [program, ...args] = command;
  try {
    return spawn(program, args, {
      cwd,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const nothing = Buffer.alloc(0);
    return {
      kind: 'unstarted',
      code: String(error.code),
      message: error.message,
      stdout: nothing,
      stderr: nothing,
    };
  }
}

type Exit =
  | { kind: 'exited'; code: number }
  | { kind: 'killed'; signal: string }
  | { kind: 'unstarted'; code: string; message: string };

/** Resolves when the process is gone and its output has been read. */
function untilClosed(child: ChildProcess, clock: Clock, over: AbortSignal): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      // An error after the start (a failed kill) is followed by `close` as usual.
      if (child.pid !== undefined) return;
      resolve({ kind: 'unstarted', code: error.code ?? 'unknown', message: error.message });
    });
    child.once('exit', () => {
      killGroup(child, 'SIGKILL');
      after(clock, DRAIN_MS, over, () => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      });
    });
    child.once('close', (code, signal) => {
      if (child.pid === undefined) return;
      resolve(code === null ? { kind: 'killed', signal: signal ?? 'unknown' } : { kind: 'exited', code });
    });
  });
}

/** Gathers a stream up to its limit; past it, calls `overflow` and keeps no more. */
function collect(
  stream: NodeJS.ReadableStream | null,
  maxBytes: number,
  overflow: () => void,
): () => Buffer<ArrayBufferLike> {
  const chunks: Buffer[] = [];
  let size = 0;
  // There is no stream when the system had no descriptor left to start the process.
  stream?.on('data', (chunk: Buffer) => {
    if (size > maxBytes) return;
    size += chunk.length;
    chunks.push(size > maxBytes ? chunk.subarray(0, chunk.length - (size - maxBytes)) : chunk);
    if (size > maxBytes) overflow();
  });
  stream?.on('error', () => {});
  return () => Buffer.concat(chunks);
}

/** Calls `act` after `ms` unless `cancel` comes first. */
function after(clock: Clock, ms: number, cancel: AbortSignal, act: () => void): void {
  clock.sleep(Math.min(ms, LONGEST_MS), cancel).then(act, () => {});
}
