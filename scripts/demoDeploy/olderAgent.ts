import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = path.join(import.meta.dirname, '..', '..', 'datasets', 'agent-deploy', 'main.mjs');

/** The version of the sample agent that serves before anything is deployed, as a process of its own. */
export class OlderAgent {
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.port = port;
  }

  static async start(): Promise<OlderAgent> {
    const child = spawn(process.execPath, [SCRIPT, 'older'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return new OlderAgent(child, Number(new URL(url).port));
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It goes on when this process ends. */
  leave(): void {
    this.#child.stdout?.destroy();
    this.#child.unref();
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }
}
