import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../engine/errors.ts';
import type { Environment } from '../engine/ports.ts';
import { entryOf } from '../engine/store/storeFile.ts';
import { loadWorkspace, type Workspace } from '../engine/suites/loadWorkspace.ts';

/** The workspace's touchstone.yaml, read anew whenever it changes. */
export class ConfigurationFile {
  readonly #root: string;
  readonly #environment: Environment;
  #stamp: string | undefined;
  /** Why it cannot be used as it stands; null where it can. */
  problem: string | null = null;

  constructor(root: string, environment: Environment) {
    this.#root = root;
    this.#environment = environment;
  }

  /** Null where there is no file; undefined where nothing changed, or it cannot be used: what it said before holds. */
  async read(signal: AbortSignal): Promise<Workspace | null | undefined> {
    const stamp = this.#stampNow();
    if (stamp === this.#stamp) return undefined;
    this.#stamp = stamp;
    this.problem = null;
    if (!existsSync(this.#file)) return null;

    try {
      return await loadWorkspace({ root: this.#root, environment: this.#environment, signal });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // The first is enough: `touchstone validate` shows all of them.
      this.problem = error.describe().split('\n', 1)[0] ?? error.message;
      return undefined;
    }
  }

  get #file(): string {
    return path.join(this.#root, 'touchstone.yaml');
  }

  #stampNow(): string {
    const entry = entryOf(this.#file);
    return `${entry?.ino} ${entry?.size} ${entry?.mtimeMs}`;
  }
}
