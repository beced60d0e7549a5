import type { Clock } from '../engine/ports.ts';
import type { ServicesStatus } from '../protocol/servicesCalls.ts';

/** Most often that those who are attached are told of changes, in milliseconds. */
const TELL_MS = 500;

interface StatusTellerPorts {
  read(): ServicesStatus;
  tell(status: ServicesStatus): void;
  clock: Clock;
  /** Nothing is told from then on. */
  ending: AbortSignal;
}

/** Tells those who are attached what changes in the status. */
export class StatusTeller {
  readonly #ports: StatusTellerPorts;
  #telling = false;
  #told = '';

  constructor(ports: StatusTellerPorts) {
    this.#ports = ports;
  }

  changed(): void {
    if (this.#telling || this.#ports.ending.aborted) return;
    this.#telling = true;
    void this.#tell();
  }

  /** At once, and then as long as something changes, also by itself: what was recent is so no longer. */
  async #tell(): Promise<void> {
    const { read, tell, clock, ending } = this.#ports;
    try {
      for (let quiet = false; !quiet; ) {
        const status = read();
        const now = JSON.stringify(status);
        if (now !== this.#told) tell(status);
        quiet = now === this.#told && status.received.recentSpans === 0;
        this.#told = now;
        if (!quiet) await clock.sleep(TELL_MS, ending);
      }
    } catch (error) {
      if (!ending.aborted) throw error;
    } finally {
      this.#telling = false;
    }
  }
}
