import type * as vscode from 'vscode';

interface Wanted {
  provider: string;
  /** Scheme, host and port. */
  origin: string;
  /** The environment variable that the configuration names. */
  variable: string;
}

/** What keyRing needs of the window; `ask` stands for the dialogs. */
export interface KeyRingPorts {
  secrets: vscode.SecretStorage;
  /** Remembers which origins the person has allowed; outlives the window, belongs to no workspace. */
  memory: vscode.Memento;
  environment: NodeJS.ProcessEnv;
  /** Whether `what` may be sent to `origin`. Asked once for each pair, then remembered. */
  ask(what: string, wanted: Wanted): Promise<boolean>;
}

/**
 * The person's keys. Each stored key belongs to one provider at one origin; a key for another origin, and any
 * environment variable, is given out only with the person's word for that origin. So a base URL that a
 * workspace changes receives nothing by itself.
 */
export class KeyRing {
  readonly #ports: KeyRingPorts;
  /** Questions that are open, so that a hundred calls ask once. */
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(ports: KeyRingPorts) {
    this.#ports = ports;
  }

  /** The key, or null when there is none or the person refuses. */
  async get(wanted: Wanted): Promise<string | null> {
    const { secrets, environment } = this.#ports;
    const own = await secrets.get(nameOf(wanted));
    if (own !== undefined) return own;
    const [other] = await this.#otherOrigins(wanted);
    if (other !== undefined && (await this.#allowed(`key:${wanted.provider}@${other}`, wanted))) {
      return (await secrets.get(nameOf({ ...wanted, origin: other }))) ?? null;
    }
    const value = environment[wanted.variable];
    if (value === undefined || value === '') return null;
    return (await this.#allowed(`env:${wanted.variable}`, wanted)) ? value : null;
  }

  async store(key: { provider: string; origin: string }, value: string): Promise<void> {
    await this.#ports.secrets.store(nameOf(key), value);
    const known = this.entries().filter((entry) => nameOf(entry) !== nameOf(key));
    await this.#ports.memory.update(INDEX, [...known, { provider: key.provider, origin: key.origin }]);
  }

  /** Forgets a key, and every leave that was given for it. */
  async remove(key: { provider: string; origin: string }): Promise<void> {
    const { secrets, memory } = this.#ports;
    await secrets.delete(nameOf(key));
    await memory.update(
      INDEX,
      this.entries().filter((entry) => nameOf(entry) !== nameOf(key)),
    );
    const leave = `key:${key.provider}@${key.origin} → `;
    await memory.update(
      LEAVES,
      this.#leaves().filter((given) => !given.startsWith(leave)),
    );
  }

  /** Which keys are stored; never the keys themselves. */
  entries(): { provider: string; origin: string }[] {
    return this.#ports.memory.get<{ provider: string; origin: string }[]>(INDEX, []);
  }

  async #otherOrigins({ provider, origin }: Wanted): Promise<string[]> {
    return this.entries()
      .filter((entry) => entry.provider === provider && entry.origin !== origin)
      .map((entry) => entry.origin);
  }

  async #allowed(what: string, wanted: Wanted): Promise<boolean> {
    const leave = `${what} → ${wanted.origin}`;
    if (HOME_ORIGINS[what] === wanted.origin || this.#leaves().includes(leave)) return true;
    const open = this.#asking.get(leave) ?? this.#ask(what, leave, wanted);
    this.#asking.set(leave, open);
    return open;
  }

  async #ask(what: string, leave: string, wanted: Wanted): Promise<boolean> {
    try {
      const allowed = await this.#ports.ask(what, wanted);
      if (allowed) await this.#ports.memory.update(LEAVES, [...this.#leaves(), leave]);
      return allowed;
    } finally {
      this.#asking.delete(leave);
    }
  }

  #leaves(): string[] {
    return this.#ports.memory.get<string[]>(LEAVES, []);
  }
}

/** Variables that exist for one origin: no question is needed there. */
const HOME_ORIGINS: { readonly [what: string]: string } = {
  'env:OPENAI_API_KEY': 'https://api.openai.com',
};

const INDEX = 'touchstone.keys';
const LEAVES = 'touchstone.keyLeaves';

function nameOf({ provider, origin }: { provider: string; origin: string }): string {
  return `touchstone.key:${provider}@${origin}`;
}
