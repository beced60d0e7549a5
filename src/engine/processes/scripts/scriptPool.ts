import type { JsonValue } from '../../model/json.ts';
import { type ScriptCall, ScriptError } from './scriptCall.ts';
import { type CallOptions, ScriptHost, type ScriptProgram } from './scriptHost.ts';

export interface PoolOptions {
  /** Calls that run at once. Default: 2. */
  processes?: number;
  /** Largest result in bytes of JSON. Default: 1 MiB. */
  resultBytes?: number;
  /** Each call has a process of its own, with which nothing of another call is left, and errors quote what it printed. */
  fresh?: boolean;
}

const MIB = 1024 * 1024;

/** Runs calls in a small pool of processes of one program. No process is started before the first call. */
export class ScriptPool {
  readonly #program: ScriptProgram;
  readonly #processes: number;
  readonly #resultBytes: number;
  readonly #fresh: boolean;
  readonly #idle: ScriptHost[] = [];
  readonly #all = new Set<ScriptHost>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  constructor(program: ScriptProgram, { processes = 2, resultBytes = MIB, fresh = false }: PoolOptions = {}) {
    this.#program = program;
    this.#processes = processes;
    this.#resultBytes = resultBytes;
    this.#fresh = fresh;
  }

  /**
   * What the code returned. `env` is added to the environment of a fresh process. Rejects with ScriptError if the code
   * throws, exceeds a limit, or returns nothing that is JSON; with the signal's reason if cancelled.
   */
  async run(
    call: ScriptCall,
    { env = {}, ...options }: CallOptions & { env?: { [name: string]: string } },
  ): Promise<JsonValue> {
    const { signal } = options;
    signal.throwIfAborted();
    await this.#slot(signal);

    let host: ScriptHost | undefined;
    try {
      host = this.#take(env);
      const { value = null, error } = await host.run(call, options);
      if (this.#fresh) await host.finish();
      if (typeof error === 'string') throw new ScriptError('threw', error, host.printed);
      return value;
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      void this.#giveBack(host);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map((host) => host.end()));
    this.#all.clear();
  }

  async #slot(signal: AbortSignal): Promise<void> {
    if (this.#busy >= this.#processes) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => this.#leave(resolve), { once: true });
      });
    } else this.#busy++;
    if (!signal.aborted && !this.#closed) return;
    this.#next();
    signal.throwIfAborted();
    throw new ScriptError('closed', 'the script runner is closed');
  }

  /** A cancelled wait is ended at once; the slot that its waiter would get is passed on by `#slot`. */
  #leave(resolve: () => void): void {
    const place = this.#waiting.indexOf(resolve);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    this.#busy++;
    resolve();
  }

  #take(env: { [name: string]: string }): ScriptHost {
    const known = this.#idle.pop();
    if (known?.usable) return known;

    const host = this.#start({ ...this.#program, env: { ...this.#program.env, ...env } });
    this.#all.add(host);
    return host;
  }

  /** Some failures to start are thrown, for example if there are too many arguments. */
  #start(program: ScriptProgram): ScriptHost {
    try {
      return new ScriptHost(program, { resultBytes: this.#resultBytes, captures: this.#fresh });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error;
      throw new ScriptError('start', `${program.command[0]} could not be started: ${error.message}`);
    }
  }

  /** The slot is free again only when the process is: what a script left running delays no other. */
  async #giveBack(host: ScriptHost | undefined): Promise<void> {
    if (host) {
      if (this.#fresh) await host.end();
      await host.idle().catch(() => {});
      if (host.usable) this.#idle.push(host);
      else this.#all.delete(host);
    }
    this.#next();
  }

  #next(): void {
    const wake = this.#waiting.shift();
    if (wake) wake();
    else this.#busy--;
  }
}
