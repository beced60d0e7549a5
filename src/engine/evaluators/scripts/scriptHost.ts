import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { defined } from '../../model/defined.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import { endWithThisProcess, killGroup } from '../../processes/processGroup.ts';
import { ScriptError } from './scriptRunner.ts';

export interface ScriptLimits {
  /** Wall time of one script in milliseconds. */
  timeoutMs: number;
  /** Size of a result in bytes of JSON. */
  resultBytes: number;
}

/** The process that runs scripts: it reads a request a line and answers on descriptor 3 (see scriptChild.ts). */
export interface ScriptProgram {
  command: readonly [string, ...string[]];
  env: { [name: string]: string };
  /** Absolute path of its folder; that of this process where absent. */
  cwd?: string;
  /** What to do when it cannot be started. */
  remedy?: string;
}

export interface ScriptRequest {
  code: string;
  /** `{ output, context }` as JSON. */
  scope: string;
  /** Folder whose modules the script may import, relative to the process's own. */
  folder?: string;
}

type Waiting = { resolve: (message: JsonObject) => void; reject: (error: Error) => void };

/** Starting the process is not the script's fault, so it has a limit of its own. */
const START_LIMIT_MS = 20_000;

/** One process that runs one script at a time. Once it has failed it is not used again. */
export class ScriptHost {
  readonly #limits: ScriptLimits;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #received = '';
  #waiting: Waiting | undefined;
  #ready: Promise<void>;
  #dead: Error | undefined;

  constructor(program: ScriptProgram, limits: ScriptLimits) {
    this.#limits = limits;
    const { env, cwd, remedy = '' } = program;
    const [file, ...words] = program.command;
    // A group of its own, so that ending it ends whatever the script has started.
    this.#child = spawn(file, words, {
      env,
      ...defined({ cwd }),
      detached: true,
      windowsHide: true,
      stdio: ['pipe', 'ignore', 'ignore', 'pipe'],
    });
    const release = endWithThisProcess(this.#child);
    this.#exited = new Promise<void>((resolve) => {
      this.#child.once('close', () => resolve());
      this.#child.once('error', () => resolve());
    }).then(release);
    this.#child.once('error', (error) =>
      this.#fail(`${file} could not be started: ${error.message}. ${remedy}`.trimEnd()),
    );
    this.#child.once('exit', (code, signal) => this.#fail(`the script's process exited (${signal ?? code})`));
    // A process that ends while it is written to is reported by its exit.
    this.#stdin().on('error', () => {});
    const replies = this.#child.stdio[3] as Readable;
    replies.setEncoding('utf8');
    replies.on('data', (chunk: string) => this.#receive(chunk));
    replies.on('error', () => {});
    this.#ready = this.#message(START_LIMIT_MS).then(() => {});
    this.#ready.catch(() => {});
  }

  get usable(): boolean {
    return this.#dead === undefined;
  }

  /** The child's answer `{ value }` or `{ error }`. Rejects with ScriptError when the process had to end. */
  async run(request: ScriptRequest, signal: AbortSignal): Promise<JsonObject> {
    await this.#ready;
    signal.throwIfAborted();
    const stop = (): void => this.#fail('the evaluation was cancelled');
    signal.addEventListener('abort', stop, { once: true });

    try {
      const reply = this.#message(this.#limits.timeoutMs);
      this.#stdin().write(`${JSON.stringify(request)}\n`);
      const answer = await reply;
      this.#ready = this.#message(this.#limits.timeoutMs).then(() => {});
      this.#ready.catch(() => {});
      return answer;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Settles when the process can take the next script; rejects when it has ended. */
  idle(): Promise<void> {
    return this.#ready;
  }

  async end(): Promise<void> {
    this.#fail('the script runner was closed');
    await this.#exited;
  }

  /** The next message of the child, within `limitMs`. */
  #message(limitMs: number): Promise<JsonObject> {
    return new Promise((resolve, reject) => {
      if (this.#dead) return reject(this.#dead);

      const timer = setTimeout(
        () => this.#fail(`the script did not finish within ${limitMs.toLocaleString('en-US')} ms`),
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
    if (this.#received.length > this.#limits.resultBytes) {
      this.#fail(`the script returned more than ${this.#limits.resultBytes.toLocaleString('en-US')} bytes`);
      return;
    }
    this.#deliver();
  }

  #deliver(): void {
    const end = this.#received.indexOf('\n');
    const waiting = this.#waiting;
    if (end < 0 || !waiting) return;
    const line = this.#received.slice(0, end);
    this.#received = this.#received.slice(end + 1);
    this.#waiting = undefined;
    const message = parse(line);
    if (message) waiting.resolve(message);
    else waiting.reject(new ScriptError('the script wrote to the channel reserved for results'));
  }

  #fail(reason: string): void {
    if (this.#dead) return;
    this.#dead = new ScriptError(reason);
    this.#waiting?.reject(this.#dead);
    this.#waiting = undefined;
    killGroup(this.#child, 'SIGKILL');
  }

  #stdin(): Writable {
    return this.#child.stdin as Writable;
  }
}

function parse(line: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
