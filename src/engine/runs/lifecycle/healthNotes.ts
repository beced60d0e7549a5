import { StoreError } from '../../errors.ts';
import type { Clock, Log } from '../../ports.ts';
import type { GuardControl } from '../../resilience/guardControl.ts';
import type { Owner } from '../../store/lease.ts';
import type { RunStore } from '../../store/runStore.ts';

/** How often it is looked at, and how long what did not change counts as new, in milliseconds. */
const LOOK_MS = 2_000;
const REPEAT_MS = 20_000;

interface NotePorts {
  store: Pick<RunStore, 'health'>;
  guards: Pick<GuardControl, 'health'>;
  owner: Owner;
  clock: Clock;
  log: Log;
}

/** Stores how providers are doing while calls are made, so that other processes can show it. */
export class HealthNotes {
  readonly #ports: NotePorts;
  #working = 0;
  #timer: NodeJS.Timeout | undefined;
  #written: { text: string; at: number } | undefined;

  constructor(ports: NotePorts) {
    this.#ports = ports;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#working += 1;
    this.#timer ??= this.#start();
    try {
      return await work();
    } finally {
      this.#working -= 1;
      if (this.#working === 0) this.#stop();
    }
  }

  #start(): NodeJS.Timeout {
    // What is shown to others keeps no process alive.
    return setInterval(() => this.#try(() => this.#write()), LOOK_MS).unref();
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const { store, owner, clock } = this.#ports;
    if (this.#written) this.#try(() => store.health.remove(owner, clock.now()));
    this.#written = undefined;
  }

  #write(): void {
    const { store, guards, owner, clock } = this.#ports;
    const health = guards.health();
    const text = JSON.stringify(health);
    const now = clock.now();
    if (this.#written?.text === text && now - this.#written.at < REPEAT_MS) return;

    store.health.write(owner, health, now);
    this.#written = { text, at: now };
  }

  /** It is only for looking at: no run fails for it. */
  #try(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#ports.log.write('debug', `the state of providers was not stored: ${error.message}`);
    }
  }
}
