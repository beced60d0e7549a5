import { existsSync } from 'node:fs';
import path from 'node:path';
import { ProblemsError, UserError } from '../engine/errors.ts';
import type { Clock, Environment } from '../engine/ports.ts';
import { UNKNOWN_RELEASE } from '../engine/suites/gateway/targetProblems.ts';
import { loadWorkspace, type Workspace } from '../engine/suites/loadWorkspace.ts';
import { FileVersion } from './fileVersion.ts';

/** What a version of the file says; `workspace` is null where there is no file, or it cannot be used: then there is a problem. */
interface Version {
  workspace: Workspace | null;
  problem: string | null;
}

const NO_FILE: Version = { workspace: null, problem: null };
const NEVER = new AbortController().signal;
/** How often a version that cannot be used is tried again, in milliseconds. */
const AGAIN_MS = 2_000;

/** The workspace's touchstone.yaml, which counts as removed only after a while. Each version of it is read once, however many follow it. */
export class ConfigurationFile {
  readonly #root: string;
  readonly #environment: Environment;
  readonly #clock: Clock;
  readonly #file: FileVersion;
  #seen: string | null | undefined;
  #version: Promise<Version> | undefined;
  /** On the monotonic scale. */
  #readAt = 0;

  constructor(root: string, environment: Environment, clock: Clock) {
    this.#root = root;
    this.#environment = environment;
    this.#clock = clock;
    this.#file = new FileVersion(configurationPath(root), clock);
  }

  /** For one of those who follow it. */
  follow(): ConfigurationReader {
    return new ConfigurationReader(() => this.#current());
  }

  /** The same object while the file, and what is wrong with it, stay as they are. */
  #current(): Promise<Version> {
    const stamp = this.#file.look();
    if (this.#version && stamp === this.#seen) {
      void this.#tryAgain(this.#version);
      return this.#version;
    }
    this.#seen = stamp;
    this.#version = stamp === null ? Promise.resolve(NO_FILE) : this.#read();
    return this.#version;
  }

  /** What is missing may be another file, such as a release, and this one stays as it is when that is there. */
  async #tryAgain(version: Promise<Version>): Promise<void> {
    if (this.#clock.monotonic() - this.#readAt < AGAIN_MS) return;
    this.#readAt = this.#clock.monotonic();
    const before = await version.catch(() => NO_FILE);
    if (before.problem === null) return;

    const again = this.#read();
    // One that rejects is told of by those who read it.
    const after = await again.catch(() => NO_FILE);
    if (after.problem !== before.problem && this.#version === version) this.#version = again;
  }

  async #read(): Promise<Version> {
    this.#readAt = this.#clock.monotonic();
    try {
      return await this.#load();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { workspace: null, problem: firstLine(error) };
    }
  }

  async #load(): Promise<Version> {
    const workspace = await loadWorkspace({
      root: this.#root,
      environment: this.#environment,
      signal: NEVER,
    });
    // Taken away while it was read: what was loaded may be that of a workspace without one.
    if (!existsSync(configurationPath(this.#root)))
      return { workspace: null, problem: 'touchstone.yaml was removed while it was read' };

    // A route whose release is missing refuses its requests by itself; all others can be answered.
    const missing = workspace.warnings.filter(({ code }) => code === UNKNOWN_RELEASE);
    return { workspace, problem: missing.length === 0 ? null : firstLine(new ProblemsError(missing)) };
  }
}

/** The first error is enough: `touchstone validate` shows all that there is to say. */
function firstLine(error: UserError): string {
  const errors =
    error instanceof ProblemsError ? error.problems.filter(({ severity }) => severity === 'error') : [];
  const said = errors.length > 0 ? new ProblemsError(errors) : error;
  return said.describe().split('\n', 1)[0] ?? error.message;
}

function configurationPath(root: string): string {
  return path.join(root, 'touchstone.yaml');
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
    return problem !== null && workspace === null ? undefined : workspace;
  }
}
