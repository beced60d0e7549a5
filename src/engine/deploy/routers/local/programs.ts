import { spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import path from 'node:path';
import { nodeNet } from '../../../http/nodeHttp.ts';
import type { Clock, Environment, Random } from '../../../ports.ts';
import { processIdentity } from '../../../processes/processIdentity.ts';
import { makeFolder } from '../../../store/storeFile.ts';
import type { VersionTarget } from '../../../suites/deploying/deploymentConfig.ts';
import { scrubbedEnvironment } from '../../../targets/command/commandEnvironment.ts';
import { resolveEnvironment } from '../../../targets/secrets/environmentReference.ts';
import type { Version } from '../../sides.ts';
import type { Readiness } from '../router.ts';
import { endProcess, isAlive } from './ownProcess.ts';
import { probePath } from './probe.ts';
import { type ProgramEntry, ProgramFile } from './programFile.ts';
import { capLog, openLog } from './programLog.ts';

export interface ProgramsOptions {
  /** Of the workspace: where programs run. */
  root: string;
  deployment: string;
  environment: Environment;
  clock: Clock;
  random: Random;
}

export type ProgramVersion = Version & { target: Extract<VersionTarget, { kind: 'program' }> };

/**
 * The agent programs of a deployment. They outlive this process, and are found again. One that ends by itself is failing, and is not started
 * again while this process lives: it would only end once more.
 */
export class Programs {
  readonly #options: ProgramsOptions;
  readonly #folder: string;
  readonly #file: ProgramFile;
  /** The programs that were started here, by version, and how they have ended; null while nothing was heard of it. */
  readonly #own = new Map<string, { pid: number; end: string | null }>();

  constructor(options: ProgramsOptions) {
    const { root, deployment, random } = options;
    this.#options = options;
    this.#folder = path.join(root, '.touchstone', 'deployments', deployment);
    this.#file = new ProgramFile(this.#folder, random);
  }

  /** Base URL of a version's program; undefined where it was not started. */
  urlOf(version: Version): string | undefined {
    const entry = this.#entryOf(version);
    return entry && urlOf(entry);
  }

  /** Those that were started for a version of this name, whatever it is now. */
  get started(): readonly { version: string; url: string }[] {
    return this.#file.read().map((entry) => ({ version: entry.version, url: urlOf(entry) }));
  }

  /** Starts it where it was not started, and returns its base URL. Does not wait until it is ready. Rejects with RouterError, and ConfigError for an `${env:…}` that is not set. */
  async start(version: ProgramVersion, signal: AbortSignal): Promise<string> {
    const known = this.#entryOf(version);
    if (known && (isAlive(known) || this.#ownOf(known))) {
      // Also of one that serves for good, which no deployment looks at any more.
      capLog(this.#logOf(version.name));
      return urlOf(known);
    }
    // Of an earlier version of this name.
    await this.stop(version.name, signal);

    const port = await freePort();
    signal.throwIfAborted();
    return urlOf(this.#spawn(version, port));
  }

  /** Whether it is gone although nobody has ended it, and not while this process was watching. */
  isLost(version: Version): boolean {
    const entry = this.#entryOf(version);
    return entry !== undefined && !isAlive(entry) && !this.#ownOf(entry);
  }

  async readinessOf(version: ProgramVersion, signal: AbortSignal): Promise<Readiness> {
    const entry = this.#entryOf(version);
    if (!entry) return { state: 'absent' };
    const log = this.#logOf(version.name);
    capLog(log);
    if (!isAlive(entry)) {
      const how = this.#ownOf(entry)?.end ?? 'it has ended';
      return { state: 'failing', reason: `${how}; its output: ${path.relative(this.#options.root, log)}` };
    }

    const reason = await probePath(new URL(version.target.readyPath, urlOf(entry)), signal);
    if (reason === null) {
      if (!entry.wasReady) this.#file.put({ ...entry, wasReady: true });
      return { state: 'ready' };
    }
    return entry.wasReady ? { state: 'failing', reason } : { state: 'starting', reason };
  }

  /** Ends what was started for a version of this name, and forgets it. */
  async stop(name: string, signal: AbortSignal): Promise<void> {
    const entry = this.#file.read().find(({ version }) => version === name);
    if (!entry) return;
    await endProcess(entry, this.#options.clock, signal);
    this.#file.remove(name);
  }

  #entryOf({ name, digest }: Version): ProgramEntry | undefined {
    return this.#file.read().find((entry) => entry.version === name && entry.digest === digest);
  }

  #ownOf({ version, pid }: ProgramEntry): { end: string | null } | undefined {
    const own = this.#own.get(version);
    return own?.pid === pid ? own : undefined;
  }

  #makeFolder(): void {
    const deployments = path.dirname(this.#folder);
    for (const folder of [path.dirname(deployments), deployments, this.#folder]) makeFolder(folder);
  }

  #logOf(version: string): string {
    return path.join(this.#folder, `${version}.log`);
  }

  #spawn({ name, digest, target }: ProgramVersion, port: number): ProgramEntry {
    const { root, environment } = this.#options;
    const [program = '', ...args] = target.command;
    // Filled in here alone: what a variable holds is stored nowhere.
    const declared = resolveEnvironment(target.environment, environment, { owner: `The version ${name}` });
    const entry = { version: name, digest, pid: 0, identity: null, port, wasReady: false };
    this.#makeFolder();
    // What cannot be written down is not started: nobody would end it.
    this.#file.put(entry);
    const log = openLog(this.#logOf(name));
    try {
      const child = spawn(program, args, {
        cwd: root,
        env: scrubbedEnvironment(environment, { ...declared, [target.portVariable]: String(port) }),
        stdio: ['ignore', log, log],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      const { pid = 0 } = child;
      const ended = (end: string): void => {
        if (this.#own.get(name)?.pid === pid) this.#own.set(name, { pid, end });
      };
      this.#own.set(name, { pid, end: null });
      child.on('error', (error: NodeJS.ErrnoException) =>
        ended(`${program} cannot be started: ${error.code ?? error.message}`),
      );
      child.on('exit', (code, by) =>
        ended(code === null ? `it was ended by ${by}` : `it has ended (exit code ${code})`),
      );
      child.unref();

      const started = { ...entry, pid, identity: pid > 0 ? processIdentity(pid) : null };
      this.#file.put(started);
      return started;
    } finally {
      closeSync(log);
    }
  }
}

function urlOf({ port }: ProgramEntry): string {
  return `http://127.0.0.1:${port}`;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = nodeNet().createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
