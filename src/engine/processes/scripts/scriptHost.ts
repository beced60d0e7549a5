import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { JsonLimitError, parseUntrustedJson } from '../../files/formats/untrustedJson.ts';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { endWithThisProcess, killGroup } from '../processGroup.ts';
import { type ScriptCall, ScriptError, type ScriptFailure } from './scriptCall.ts';

/** How the process that runs scripts is started. */
export interface ScriptProgram {
  command: readonly [string, ...string[]];
  env: { [name: string]: string };
  /** Absolute path of its working directory. Default: that of this process. */
  cwd?: string;
  /** What to do if it cannot be started. */
  remedy?: string;
  /** What messages call the code. Default: `the script`. */
  shown?: string;
}

export interface HostOptions {
  /** Largest result in bytes of JSON. */
  resultBytes: number;
  /** Whether the end of what the code prints goes with an error. */
  captures: boolean;
}

export interface CallOptions {
  signal: AbortSignal;
  /** Wall time of the call in milliseconds; starting the process is not part of it. */
  timeoutMs: number;
}

interface Waiting {
  resolve(message: JsonObject): void;
  reject(error: Error): void;
}

/** Starting the process is not the script's fault, so it has its own limit. */
const START_LIMIT_MS = 20_000;
/** How long a process may take to exit by itself, for example to export its spans. */
const LINGER_MS = 2_500;
/** How long output may still arrive after the process has exited, through a descendant that left its group. */
const DRAIN_MS = 1_000;
/** Characters. */
const MAX_CAPTURED = 64 * 1024;

/** One process that runs one call at a time. Once it has failed it is not used again. */
export class ScriptHost {
  readonly #options: HostOptions;
  readonly #shown: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #received = '';
  #captured = '';
  #waiting: Waiting | undefined;
  #ready: Promise<void>;
  #dead: Error | undefined;

  constructor(program: ScriptProgram, options: HostOptions) {
    this.#options = options;
    const { env, cwd, remedy = '', shown = 'the script' } = program;
    this.#shown = shown;

    const [file, ...args] = program.command;
    const printed = options.captures ? 'pipe' : 'ignore';
    // A group of its own, so that killing it kills whatever the script has started.
    this.#child = spawn(file, args, {
      env,
      ...defined({ cwd }),
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', printed, printed, 'pipe', 'pipe'],
    });

    const release = endWithThisProcess(this.#child);
    this.#exited = new Promise<void>((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', () => resolve());
    }).then(release);
    this.#child.once('error', (error) =>
      this.#fail('start', `${file} could not be started: ${error.message}. ${remedy}`.trimEnd()),
    );
    this.#child.once('exit', async (code, signal) => {
      killGroup(this.#child, 'SIGKILL');
      // What it printed last may still be on its way.
      if (options.captures) await Promise.race([this.#exited, pause(DRAIN_MS, undefined, { ref: false })]);
      this.#fail('exit', signal ? `${shown} was ended by ${signal}` : `${shown} exited with code ${code}`);
    });

    this.#listen();
    this.#ready = this.#nextReady(START_LIMIT_MS);
  }

  get usable(): boolean {
    return this.#dead === undefined;
  }

  /** The child's answer `{ value }` or `{ error }`. Rejects with ScriptError if its process failed or was killed. */
  async run(call: ScriptCall, { signal, timeoutMs }: CallOptions): Promise<JsonObject> {
    await this.#ready;
    signal.throwIfAborted();
    const stop = (): void => this.#fail('closed', 'the evaluation was cancelled');
    signal.addEventListener('abort', stop, { once: true });

    try {
      const reply = this.#message(timeoutMs);
      this.#calls?.write(`${JSON.stringify(call)}\n`);
      const answer = await reply;
      this.#ready = this.#nextReady(timeoutMs);
      return answer;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Settles when the process can take the next call; rejects when it has exited. */
  idle(): Promise<void> {
    return this.#ready;
  }

  /** The end of what the code printed, if that is captured. */
  get printed(): string {
    return this.#captured;
  }

  /** Lets the process exit by itself for a moment, and then kills it. */
  async finish(): Promise<void> {
    this.#calls?.end();
    await Promise.race([this.#exited, pause(LINGER_MS, undefined, { ref: false })]);
    await this.end();
  }

  async end(): Promise<void> {
    this.#fail('closed', 'the script runner was closed');
    await this.#exited;
  }

  #listen(): void {
    const { stdout, stderr, stdio } = this.#child;
    for (const stream of [stdout, stderr])
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#captured = (this.#captured + chunk).slice(-MAX_CAPTURED);
      });

    // A process that exits while it is written to is reported by its exit.
    this.#calls?.on('error', () => {});
    // There are no streams if the system had no descriptor left to start the process.
    const replies = stdio[3] as Readable | undefined;
    replies?.setEncoding('utf8').on('data', (chunk: string) => this.#receive(chunk));
    replies?.on('error', () => {});
  }

  #nextReady(limitMs: number): Promise<void> {
    const ready = this.#message(limitMs).then(() => {});
    ready.catch(() => {});
    return ready;
  }

  /** The next message of the child, within `limitMs`. */
  #message(limitMs: number): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return reject(this.#dead);

      const limit = limitMs.toLocaleString('en-US');
      const timer = setTimeout(
        () => this.#fail('timeout', `${this.#shown} did not finish within ${limit} ms`),
        limitMs,
      );
      this.#waiting = {
        resolve: (message) => {
          clearTimeout(timer);
          resolve(message);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#deliver();
    });
  }

  #receive(chunk: string): void {
    this.#received += chunk;
    const { resultBytes } = this.#options;
    if (this.#received.length > resultBytes) {
      const limit = resultBytes.toLocaleString('en-US');
      this.#fail('too-large', `${this.#shown} returned more than ${limit} bytes`);
      return;
    }
    this.#deliver();
  }

  #deliver(): void {
    const end = this.#received.indexOf('\n');
    const waiting = this.#waiting;
    if (end < 0 || !waiting) return;

    const message = parse(this.#received.slice(0, end));
    if (typeof message === 'string') {
      this.#fail('protocol', `${this.#shown} ${message}`);
      return;
    }

    this.#received = this.#received.slice(end + 1);
    this.#waiting = undefined;
    waiting.resolve(message);
  }

  #fail(kind: ScriptFailure, reason: string): void {
    if (this.#dead) return;
    this.#dead = new ScriptError(kind, reason, this.#captured);
    this.#waiting?.reject(this.#dead);
    this.#waiting = undefined;
    killGroup(this.#child, 'SIGKILL');
  }

  get #calls(): Writable | undefined {
    return this.#child.stdio[4] as Writable | undefined;
  }
}

/** The message, or what the process did instead. */
function parse(line: string): JsonObject | string {
  try {
    const value = parseUntrustedJson(line);
    if (isJsonObject(value)) return value;
  } catch (error) {
    if (error instanceof JsonLimitError) return `returned a result that cannot be used: ${error.message}`;
  }
  return 'wrote to the channel reserved for results';
}
