import type { ProviderStates } from '../protocol/providerEntries.ts';

/** How often what is known of providers is looked at, in milliseconds. */
const LOOK_MS = 500;
/** Looks without a change after which nobody looks any more, until something is begun again. */
const IDLE_LOOKS = 240;

interface FeedPorts {
  read(): ProviderStates;
  tell(states: ProviderStates): void;
}

/**
 * Tells the window when something changed in the states of providers, at most twice a second. It looks by itself while runs are
 * made, and for two minutes after the last change; its timer keeps no process alive.
 */
export class ProviderFeed {
  readonly #ports: FeedPorts;
  #timer: NodeJS.Timeout | undefined;
  #told: string | undefined;
  #idle = 0;

  constructor(ports: FeedPorts) {
    this.#ports = ports;
  }

  /** Something is begun that may change states. */
  watch(): void {
    this.#idle = 0;
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Tells at once what changed. */
  look(): void {
    const states = this.#ports.read();
    const now = JSON.stringify(states);
    if (now === this.#told) return;
    this.#told = now;
    this.#idle = 0;
    this.#ports.tell(states);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    this.#idle += 1;
    this.look();
    if (this.#idle > IDLE_LOOKS) this.close();
  }
}
