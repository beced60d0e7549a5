import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const SCRIPT = path.join(import.meta.dirname, '..', '..', 'datasets', 'agent-live', 'main.mjs');

/** The sample agent as a process of its own. */
export class LiveAgent {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(endpoint: string, seed: number): Promise<LiveAgent> {
    const child = spawn(process.execPath, [SCRIPT], {
      env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, SEED: String(seed) },
      // It ends with this end of its input.
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [url] = (await once(lines, 'line')) as [string];
    return new LiveAgent(child, url);
  }

  async ask(session: string, message: string): Promise<void> {
    await this.#post('/ask', { session, message });
  }

  /** How many of the answers the bad release gives, from 0 to 1. */
  async release(share: number): Promise<void> {
    await this.#post('/release', { share });
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
  }

  async #post(route: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${route}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    await response.arrayBuffer();
  }
}
