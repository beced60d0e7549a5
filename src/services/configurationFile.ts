import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../engine/errors.ts';
import type { Environment } from '../engine/ports.ts';
import { entryOf } from '../engine/store/storeFile.ts';
import { loadWorkspace, type Workspace } from '../engine/suites/loadWorkspace.ts';

/** What a version of the file says; `workspace` is null where there is no file. */
type Version = { workspace: Workspace | null; problem: null } | { workspace: null; problem: string };

const NEVER = new AbortController().signal;

/** The workspace's touchstone.yaml. Each version of it is read once, however many follow it. */
export class ConfigurationFile {
  readonly #root: string;
  readonly #environment: Environment;
  #stamp: string | undefined;
  #version: Promise<Version> | undefined;

  constructor(root: string, environment: Environment) {
    this.#root = root;
    this.#environment = environment;
  }

  /** For one of those who follow it. */
  follow(): ConfigurationReader {
    return new ConfigurationReader(() => this.#current());
  }

  /** The same object while the file stays as it is. */
  #current(): Promise<Version> {
    const stamp = this.#stampNow();
    if (this.#version && stamp === this.#stamp) return this.#version;
    this.#stamp = stamp;
    this.#version = this.#read();
    return this.#version;
  }

  async #read(): Promise<Version> {
    if (!existsSync(this.#file)) return { workspace: null, problem: null };
    try {
      const options = { root: this.#root, environment: this.#environment, signal: NEVER };
      return { workspace: await loadWorkspace(options), problem: null };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      // The first is enough: `touchstone validate` shows all of them.
      return { workspace: null, problem: error.describe().split('\n', 1)[0] ?? error.message };
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

/** Follows the file: hears of each version once. */
export class ConfigurationReader {
  readonly #current: () => Promise<Version>;
  #seen: Promise<Version> | undefined;
  /** Why the file cannot be used as it stands; null where it can. */
  problem: string | null = null;

  constructor(current: () => Promise<Version>) {
    this.#current = current;
  }

  /** Null where there is no file; undefined where nothing changed, or it cannot be used: what it said before holds. */
  async read(): Promise<Workspace | null | undefined> {
    const current = this.#current();
    if (current === this.#seen) return undefined;
    this.#seen = current;
    this.problem = null;

    const { workspace, problem } = await current;
    this.problem = problem;
    return problem === null ? workspace : undefined;
  }
}
