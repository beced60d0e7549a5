import { defined } from '../../model/defined.ts';
import { ScriptHost, type ScriptLimits, type ScriptProgram, type ScriptRequest } from './scriptHost.ts';
import { ScriptError, type ScriptRunner } from './scriptRunner.ts';

const RESULT_BYTES = 1024 * 1024;
const PROCESSES = 2;

/** Runs scripts in a small pool of processes of `program`, each script for at most `timeoutMs`. */
export function runnerOf(program: ScriptProgram, timeoutMs: number): ScriptRunner {
  const pool = new ScriptPool(program, { timeoutMs, resultBytes: RESULT_BYTES });
  return {
    async run(code, scope, { signal, folder }) {
      const request = { code, scope: JSON.stringify(scope), ...defined({ folder }) };
      const answer = await pool.run(request, signal);
      if (typeof answer['error'] === 'string') throw new ScriptError(answer['error']);
      return answer['value'] ?? null;
    },
    close: () => pool.close(),
  };
}

class ScriptPool {
  readonly #program: ScriptProgram;
  readonly #limits: ScriptLimits;
  readonly #idle: ScriptHost[] = [];
  readonly #all = new Set<ScriptHost>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  constructor(program: ScriptProgram, limits: ScriptLimits) {
    this.#program = program;
    this.#limits = limits;
  }

  async run(request: ScriptRequest, signal: AbortSignal) {
    signal.throwIfAborted();
    await this.#slot(signal);

    const script = this.#take();
    try {
      return await script.run(request, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      // The slot is free again only when the process is: what a script left running delays no other.
      void script.idle().then(
        () => this.#release(script),
        () => this.#release(undefined, script),
      );
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const wake of this.#waiting.splice(0)) wake();
    await Promise.all([...this.#all].map((script) => script.end()));
    this.#all.clear();
  }

  async #slot(signal: AbortSignal): Promise<void> {
    if (this.#busy >= PROCESSES) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        signal.addEventListener('abort', () => this.#leave(resolve), { once: true });
      });
    } else this.#busy++;
    if (!signal.aborted && !this.#closed) return;
    this.#next();
    signal.throwIfAborted();
    throw new ScriptError('the script runner is closed');
  }

  /** A cancelled wait is ended at once; the slot that its waiter would get is passed on by `#slot`. */
  #leave(resolve: () => void): void {
    const place = this.#waiting.indexOf(resolve);
    if (place < 0) return;
    this.#waiting.splice(place, 1);
    this.#busy++;
    resolve();
  }

  #take(): ScriptHost {
    const known = this.#idle.pop();
    if (known?.usable) return known;
    const script = new ScriptHost(this.#program, this.#limits);
    this.#all.add(script);
    return script;
  }

  #release(usable: ScriptHost | undefined, dead?: ScriptHost): void {
    if (dead) this.#all.delete(dead);
    if (usable) this.#idle.push(usable);
    this.#next();
  }

  #next(): void {
    const wake = this.#waiting.shift();
    if (wake) wake();
    else this.#busy--;
  }
}
