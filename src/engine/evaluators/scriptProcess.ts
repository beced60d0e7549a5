import { ScriptHost, type ScriptLimits } from './scriptHost.ts';
import { ScriptError, type ScriptRunner } from './scriptRunner.ts';

interface Job {
  code: string;
  /** `{ output, context }` as JSON. */
  scope: string;
  signal: AbortSignal;
}

const MEMORY_MB = 128;
const RESULT_BYTES = 1024 * 1024;
const PROCESSES = 2;

/**
 * Runs scripts in a small pool of child processes: without environment variables, without file access and
 * child processes where this Node has the permission model, killed after `timeoutMs`, with a limit on memory
 * and on the size of the result. It is a guard against accidents and hung scripts, not a sandbox: a script can
 * still reach the network. `nodePath` defaults to the running Node.
 */
export function createScriptRunner(options: { timeoutMs: number; nodePath?: string }): ScriptRunner {
  const pool = new ScriptPool({
    timeoutMs: options.timeoutMs,
    memoryMb: MEMORY_MB,
    resultBytes: RESULT_BYTES,
    nodePath: options.nodePath ?? process.execPath,
    nodeArguments: options.nodePath === undefined ? permissionArguments() : [],
  });
  return {
    async run(code, scope, { signal }) {
      const answer = await pool.run({ code, scope: JSON.stringify(scope), signal });
      if (typeof answer['error'] === 'string') throw new ScriptError(answer['error']);
      return answer['value'] ?? null;
    },
    close: () => pool.close(),
  };
}

class ScriptPool {
  readonly #limits: ScriptLimits;
  readonly #idle: ScriptHost[] = [];
  readonly #all = new Set<ScriptHost>();
  readonly #waiting: (() => void)[] = [];
  #busy = 0;
  #closed = false;

  constructor(limits: ScriptLimits) {
    this.#limits = limits;
  }

  async run({ code, scope, signal }: Job) {
    signal.throwIfAborted();
    await this.#slot(signal);
    const script = this.#take();
    try {
      return await script.run({ code, scope }, signal);
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
    const script = new ScriptHost(this.#limits);
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

/** The permission model left its experiment in Node 23.5; older ones know the flag by another name or not at all. */
function permissionArguments(): string[] {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= 24 ? ['--permission'] : [];
}
