import type { Clock, Environment, Secrets } from '../engine/ports.ts';
import type { GivenKey, WantedKey } from '../protocol/gatewayEntries.ts';

/** How long a request waits for a key that somebody who is attached is asked for, in milliseconds. */
const PATIENCE_MS = 20_000;

export interface GatewayKeysOptions {
  /** Of a person's terminal; nothing where the editor has started this process. */
  environment: Environment;
  clock: Clock;
  /** Somebody is attached who may have keys. */
  isAttended(): boolean;
  /** What is wanted has changed. */
  onChange(): void;
}

/** Keys of providers: those of the environment, and those that windows and terminals have given. They are kept in memory alone. */
export class GatewayKeys implements Secrets {
  readonly #options: GatewayKeysOptions;
  readonly #given = new Map<string, string | null>();
  /** Asked for by requests. */
  readonly #asked = new Map<string, WantedKey>();
  #needed: readonly WantedKey[] = [];
  #next = Promise.withResolvers<void>();

  constructor(options: GatewayKeysOptions) {
    this.#options = options;
  }

  /** Those that nobody has given so far, those that were refused among them: somebody else may have them. */
  get wanted(): WantedKey[] {
    const all = [...this.#needed, ...this.#asked.values()].filter((key) => !this.#known(key));
    return [...new Map(all.map((key) => [idOf(key), key])).values()];
  }

  /** What the configuration names: asked for before the first request comes. */
  need(keys: readonly WantedKey[]): void {
    this.#needed = keys;
    this.#options.onChange();
  }

  give(keys: readonly GivenKey[]): void {
    for (const { value, ...key } of keys) this.#given.set(idOf(key), value);
    this.#next.resolve();
    this.#next = Promise.withResolvers();
    this.#options.onChange();
  }

  /** As if nobody had refused one. */
  forgetRefusals(): void {
    for (const [id, value] of this.#given) if (value === null) this.#given.delete(id);
  }

  async get(key: WantedKey, signal: AbortSignal): Promise<string | null> {
    const known = this.#known(key);
    if (known) return known;

    this.#asked.set(idOf(key), { provider: key.provider, origin: key.origin, variable: key.variable });
    this.#options.onChange();
    if (known === null || !this.#options.isAttended()) return null;
    await this.#wait(key, signal);
    return this.#known(key) ?? null;
  }

  async #wait(key: WantedKey, signal: AbortSignal): Promise<void> {
    const done = new AbortController();
    const until = AbortSignal.any([signal, done.signal]);
    const late = this.#options.clock.sleep(PATIENCE_MS, until).catch(() => {});
    const given = async (): Promise<void> => {
      while (!until.aborted && this.#known(key) === undefined) await this.#next.promise;
    };
    await Promise.race([late, given()]);
    done.abort('known');
    signal.throwIfAborted();
  }

  #known(key: WantedKey): string | null | undefined {
    const given = this.#given.get(idOf(key));
    if (given !== undefined && given !== null) return given;
    return this.#options.environment.get(key.variable) || given;
  }
}

function idOf({ provider, origin, variable }: WantedKey): string {
  return JSON.stringify([provider, origin, variable]);
}
