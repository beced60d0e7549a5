import { ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '../../ports.ts';
import { endWithThisProcess, killGroup } from '../../processes/processGroup.ts';
import { DeadlineReached } from '../../resilience/deadline.ts';

export interface ProcessRequest {
  /** Program and arguments; no shell is involved. */
  command: readonly [string, ...string[]];
  cwd: string;
  /** The whole environment of the process. */
  env: { [name: string]: string };
  /** Written to its standard input, which is then closed. */
  input: string;
  /** Beside the signal, which may end at a time limit, too. */
  timeoutMs?: number;
  /** Limit for standard output and for standard error, each, in bytes. */
  maxBytes: number;
  signal: AbortSignal;
  /**
   * Whether its answer is whole, by what it has written to standard output so far. A process that has answered, and
   * then neither writes nor ends for LINGER_MS, is ended.
   */
  hasAnswered?(stdout: Buffer): Promise<boolean>;
}

/** When the first `bytes` of standard output had arrived, in milliseconds after the start. */
export interface Arrival {
  bytes: number;
  ms: number;
}

/** How a process ended. `stderr` is what it had written by then. */
export type ProcessEnd = {
  stdout: Buffer;
  stderr: Buffer;
  arrivals: readonly Arrival[];
  /** From the start to the end, in milliseconds. */
  elapsedMs: number;
} & (
  | { kind: 'exited'; code: number }
  | { kind: 'killed'; signal: string }
  | { kind: 'timeout' }
  /** It had answered and did not end by itself. */
  | { kind: 'lingered' }
  | { kind: 'overflow'; stream: 'stdout' | 'stderr' }
  /** It never ran; `code` is the system's, e.g. ENOENT. */
  | { kind: 'unstarted'; code: string; message: string }
);

/** How long a process may go on after its answer, in milliseconds. */
export const LINGER_MS = 2_500;
/** Time between the polite and the forced end, in milliseconds. */
const GRACE_MS = 2_000;
/** Timers count in 32 bits and would be over at once beyond it. */
const LONGEST_MS = 2_147_483_647;
/** How long output may still arrive after the process is gone, through a descendant that left its group. */
const DRAIN_MS = 1_000;

/**
 * Runs a process to its end and collects what it wrote. It runs in a group of its own, so its children end
 * with it: after a time limit, too much output, an abort, its own exit, or the end of this process.
 * Rejects only when aborted, with the signal's reason, after the process is gone; a time limit is an end like others.
 */
export async function runProcess(request: ProcessRequest, clock: Clock): Promise<ProcessEnd> {
  const { signal, maxBytes } = request;
  signal.throwIfAborted();

  const begun = clock.monotonic();
  const elapsed = (): number => clock.monotonic() - begun;
  const child = start(request);
  if (!(child instanceof ChildProcess)) return child;

  const release = endWithThisProcess(child);
  const over = new AbortController();
  let ended: 'timeout' | 'lingered' | 'stdout' | 'stderr' | undefined;
  const stop = (why?: typeof ended) => {
    if (over.signal.aborted) return;
    ended ??= why;
    killGroup(child, 'SIGTERM');
    after(clock, GRACE_MS, over.signal, () => killGroup(child, 'SIGKILL'));
  };

  const arrivals: Arrival[] = [];
  child.stdout?.on('data', (chunk: Buffer) => {
    arrivals.push({ bytes: (arrivals.at(-1)?.bytes ?? 0) + chunk.length, ms: elapsed() });
  });
  const stdout = collect(child.stdout, maxBytes, () => stop('stdout'));
  const stderr = collect(child.stderr, maxBytes, () => stop('stderr'));
  const abort = () => stop(signal.reason instanceof DeadlineReached ? 'timeout' : undefined);
  signal.addEventListener('abort', abort, { once: true });
  if (request.timeoutMs !== undefined) after(clock, request.timeoutMs, over.signal, () => stop('timeout'));
  const hasAnswered = request.hasAnswered && (() => request.hasAnswered?.(stdout()) ?? false);
  if (hasAnswered) watchLingering({ clock, over: over.signal, arrivals, elapsed, hasAnswered, stop });
  // A process may exit without reading its input; the broken pipe is not an error of ours.
  child.stdin?.on('error', () => {});
  child.stdin?.end(request.input);

  try {
    const how = await untilClosed(child, clock, over.signal);
    if (!(signal.reason instanceof DeadlineReached)) signal.throwIfAborted();

    const written = { stdout: stdout(), stderr: stderr(), arrivals, elapsedMs: elapsed() };
    if (how.kind === 'unstarted') return { ...how, ...written };
    if (ended === 'timeout' || ended === 'lingered') return { kind: ended, ...written };
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
      arrivals: [],
      elapsedMs: 0,
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

/** Looks, whenever nothing was written for LINGER_MS, whether the answer is there. */
function watchLingering(options: {
  clock: Clock;
  over: AbortSignal;
  arrivals: readonly Arrival[];
  elapsed(): number;
  hasAnswered(): Promise<boolean> | boolean;
  stop(why: 'lingered'): void;
}): void {
  const { clock, over, arrivals, elapsed, hasAnswered, stop } = options;
  const look = async (): Promise<void> => {
    const quietMs = elapsed() - (arrivals.at(-1)?.ms ?? 0);
    if (quietMs < LINGER_MS) after(clock, LINGER_MS - quietMs, over, look);
    else if (await hasAnswered()) stop('lingered');
    else after(clock, LINGER_MS, over, look);
  };
  after(clock, LINGER_MS, over, look);
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
