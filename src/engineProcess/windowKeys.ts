import type { Log, Secrets } from '../engine/ports.ts';
import type { GivenKey, WantedKey } from '../protocol/gatewayEntries.ts';
import type { ServicesStatus } from '../protocol/servicesCalls.ts';

interface WindowKeysPorts {
  /** Undefined for a window that has none. */
  secrets: Secrets | undefined;
  log: Log;
  give(keys: readonly GivenKey[]): Promise<void>;
}

/**
 * Gives the gateway the keys that it wants, as far as the window has them and the person allows it: each for one provider at one origin. A
 * process that was started anew knows none, and gets them again.
 */
export class WindowKeys {
  readonly #ports: WindowKeysPorts;
  /** Questions that are open, or were answered for this process. */
  #asked = new Set<string>();
  #pid: number | undefined;

  constructor(ports: WindowKeysPorts) {
    this.#ports = ports;
  }

  /** Does not wait. */
  offer({ pid, gateway }: ServicesStatus): void {
    if (pid !== this.#pid) this.askAgain();
    this.#pid = pid;
    if (gateway.state !== 'serving' || !this.#ports.secrets) return;
    for (const key of gateway.keysWanted) void this.#fetch(key, this.#ports.secrets);
  }

  /** What was refused before is asked for once more. */
  askAgain(): void {
    this.#asked = new Set();
  }

  async #fetch(key: WantedKey, secrets: Secrets): Promise<void> {
    const id = JSON.stringify([key.provider, key.origin, key.variable]);
    if (this.#asked.has(id)) return;
    this.#asked.add(id);
    try {
      const value = await secrets.get(key, new AbortController().signal);
      await this.#ports.give([{ ...key, value: value === '' ? null : value }]);
    } catch (error) {
      // The window or the process has ended meanwhile; the next one asks again.
      this.#ports.log.write('debug', `a key was not given to the gateway: ${String(error)}`);
      this.#asked.delete(id);
    }
  }
}
