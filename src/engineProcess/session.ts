import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { createEngine, type Engine } from '../engine/engine.ts';
import { FileError, ResumeError } from '../engine/errors.ts';
import { resolveInside } from '../engine/files/confine.ts';
import { defined } from '../engine/model/defined.ts';
import type { EvaluationVerdict } from '../engine/model/runVerdict.ts';
import {
  type Clock,
  type Environment,
  fixedEnvironment,
  type Log,
  type Random,
  type Secrets,
} from '../engine/ports.ts';
import { promptfooFormat } from '../engine/promptfoo/promptfooFormat.ts';
import type { GuardControl } from '../engine/resilience/guardControl.ts';
import { ProviderGuards } from '../engine/resilience/providerGuards.ts';
import { Places } from '../engine/runs/lanes/places.ts';
import { upgradeText } from '../engine/store/file/storeUpgrade.ts';
import type { Owner } from '../engine/store/lease.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { storePath } from '../engine/store/storeFile.ts';
import { StoreReader } from '../engine/store/storeReader.ts';
import type { WorkspaceConfig } from '../engine/suites/config/workspaceConfig.ts';
import {
  checkWorkspace,
  type LoadOptions,
  loadWorkspace,
  type Workspace,
} from '../engine/suites/loadWorkspace.ts';
import type { EngineCalls, interfaceCalls } from '../protocol/calls.ts';
import type { EngineEvents } from '../protocol/events.ts';
import type { Peer } from '../protocol/peer.ts';
import { editorModels, secrets } from './bridge.ts';
import { openDatasetAside } from './openDatasetThread.ts';
import { ProviderFeed } from './providerFeed.ts';
import { readStates } from './providerStates.ts';
import { reportJob } from './reportThread.ts';
import { UntrustedError } from './toFailure.ts';

export interface SessionPorts {
  clock: Clock;
  random: Random;
  /** Of this process; nothing of it is seen while the workspace is not trusted. */
  environment: Environment;
  owner: Owner;
}

type Start = EngineCalls['initialize']['params'];

/** One window's workspace, as this process knows it. Files are read anew for every call. */
export class Session {
  readonly ports: SessionPorts;
  readonly log: Log;
  readonly #peer: Peer<typeof interfaceCalls>;
  readonly #closing: (() => Promise<void>)[] = [];
  /** Of all engines of the window, so that two runs at once do not ask a provider twice as often. */
  readonly #guards: ProviderGuards;
  readonly #programs = new Places();
  /** Tells the window how providers are doing. */
  readonly feed: ProviderFeed;
  /** The workspace's, as it could be read last. */
  #config: WorkspaceConfig | undefined;
  #start: Start | undefined;
  #shownRoot = '';
  #store: RunStore | undefined;
  #reader: StoreReader | undefined;

  constructor(peer: Peer<typeof interfaceCalls>, ports: SessionPorts) {
    this.#peer = peer;
    this.ports = ports;
    this.feed = new ProviderFeed({
      read: () => readStates(this),
      tell: (states) => this.tell('providers/changed', states),
    });
    this.log = {
      write: (level, message, fields) =>
        this.tell('log', { level, message, ...(fields === undefined ? {} : { fields }) }),
    };
    this.#guards = new ProviderGuards({ ...ports, log: this.log });
  }

  /** What a person sees and steers of the guards. */
  get control(): GuardControl {
    return this.#guards;
  }

  initialize(start: Start): EngineCalls['initialize']['result'] {
    if (this.#start) throw new Error('initialize was called twice');
    const root = realFolder(start.root);
    const config = start.config === null ? null : resolveInside(root, start.config, { path: start.config });
    this.#start = { ...start, root, config };
    this.#shownRoot = path.resolve(start.root);
    return { pid: process.pid, root: this.shownRoot };
  }

  /** Real path of the workspace: the folder of its configuration. */
  get root(): string {
    const { root, config } = this.#started();
    return config === null ? root : path.dirname(config);
  }

  /** `root` as the window names it, which may be by way of a link; the paths of its documents begin with it. */
  get shownRoot(): string {
    const { root } = this.#started();
    return path.join(this.#shownRoot, path.relative(root, this.root));
  }

  get trusted(): boolean {
    return this.#started().trusted;
  }

  /** Throws UntrustedError: for whatever runs a program, connects, or reads a key. */
  requireTrust(what: string): void {
    if (!this.trusted) throw new UntrustedError(what);
  }

  /** Environment variables, none of them where the workspace is not trusted. */
  get environment(): Environment {
    return this.trusted ? this.ports.environment : fixedEnvironment({});
  }

  /** The person's keys, as the window gives them out; undefined for a window that has none. */
  get secrets(): Secrets | undefined {
    const { trusted, bridge } = this.#started();
    return trusted && bridge ? secrets(this.#peer) : undefined;
  }

  async load(signal: AbortSignal): Promise<Workspace> {
    const workspace = await loadWorkspace(this.#loadOptions(signal));
    this.#config = workspace.config;
    return workspace;
  }

  /** As it was loaded last; undefined before. */
  get config(): WorkspaceConfig | undefined {
    return this.#config;
  }

  /** The workspace where it has no error, and all its problems. `text` stands for the configuration's. */
  check(signal: AbortSignal, text?: string): Promise<Awaited<ReturnType<typeof checkWorkspace>>> {
    return checkWorkspace({ ...this.#loadOptions(signal), ...(text === undefined ? {} : { text }) });
  }

  /** The configuration file; undefined where there is none. */
  get configFile(): string | undefined {
    const { config } = this.#started();
    const file = config ?? path.join(this.root, 'touchstone.yaml');
    return existsSync(file) ? file : undefined;
  }

  /** An engine on the workspace as it is now. All engines of a session share its store. */
  engine(workspace: Workspace, scripts: boolean): Engine {
    const { trusted, bridge } = this.#started();
    this.feed.watch();
    return createEngine(
      workspace,
      {
        ...this.ports,
        environment: this.environment,
        log: this.log,
        guards: this.#guards,
        programs: this.#programs,
        openDataset: openDatasetAside,
        judge: (store, runId) => this.judge(store, runId),
        trust: { commands: trusted, scripts: trusted && scripts },
        ...defined({ secrets: this.secrets }),
        ...(bridge ? { editorModels: editorModels(this.#peer) } : {}),
      },
      this.openStore(),
    );
  }

  /** What came of a complete evaluation, read aside. */
  judge(store: RunStore, runId: string): Promise<EvaluationVerdict> {
    return reportJob('verdict', { runId }, { store, random: this.ports.random, signal: NEVER });
  }

  /** Opens the store to be written, and creates it where it is missing. */
  openStore(): RunStore {
    if (this.#store?.isRemoved) this.#store = undefined;
    if (this.#store) return this.#store;

    this.#store = new RunStore(storePath(this.root));
    const { upgrade } = this.#store;
    if (upgrade) this.log.write('info', upgradeText(upgrade));
    return this.#store;
  }

  /** The store where there is one already, to be read: looking at a workspace changes nothing in it. */
  get store(): RunStore | undefined {
    if (this.#store && !this.#store.isRemoved) return this.#store;
    this.#reader ??= new StoreReader(storePath(this.root));
    return this.#reader.store;
  }

  tell<M extends keyof EngineEvents>(event: M, data: EngineEvents[M]): void {
    this.#peer.tell(event, data);
  }

  /** Runs before the store is closed. */
  onClose(work: () => Promise<void>): void {
    this.#closing.push(work);
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((work) => work()));
    this.feed.close();
    this.#peer.close();
    this.#store?.close();
  }

  #loadOptions(signal: AbortSignal): LoadOptions {
    const { root, config } = this.#started();
    return {
      root,
      ...(config === null ? {} : { configPath: config }),
      foreign: promptfooFormat,
      environment: this.environment,
      signal,
    };
  }

  #started(): Start {
    if (this.#start) return this.#start;
    throw new Error('initialize must be called first');
  }
}

/** What is settled is not given up half way. */
const NEVER = new AbortController().signal;

/** The store that holds a run, to be read. Throws ResumeError when there is none. */
export function storeOf({ store }: Session, runId: string): RunStore {
  if (store) return store;
  throw new ResumeError(`there is no run ${runId}: no run is stored yet`);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    throw new FileError('there is no such folder', { where: { path: folder }, cause: error });
  }
}
