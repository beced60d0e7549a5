import { createEngine, type Engine } from '../engine/engine.ts';
import { noLog, processEnvironment, type Secrets, systemClock, type Trust } from '../engine/ports.ts';
import type { StoreAccess } from '../engine/store/file/connection.ts';
import { upgradeText } from '../engine/store/file/storeUpgrade.ts';
import { RunStore } from '../engine/store/runStore.ts';
import { storePath } from '../engine/store/storeFile.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { processOwner } from '../processOwner.ts';
import { systemRandom } from '../systemRandom.ts';
import type { Io } from './terminal/io.ts';

/** The engine with the real clock, randomness and environment of this process. */
export function openEngine(workspace: Workspace, trust: Trust, options: OpenOptions = {}): Engine {
  const { access, io } = options;
  const store = new RunStore(storePath(workspace.root), access === undefined ? {} : { access });
  if (store.upgrade && io) io.err(`${io.errStyle.yellow('note')} ${upgradeText(store.upgrade)}`);
  const ports = {
    clock: systemClock,
    random: systemRandom,
    environment: processEnvironment,
    log: noLog,
    owner: processOwner(),
    trust,
    ...(options.keyless ? { secrets: noSecrets } : {}),
  };
  return createEngine(workspace, ports, store);
}

interface OpenOptions {
  /** Nothing will be called, so no key is asked for. */
  keyless?: boolean;
  /** `read`: the store is looked at and left as it is. */
  access?: StoreAccess;
  /** Where a person is told that the store was upgraded. */
  io?: Io;
}

/** Keys are fetched when a run begins, which it never does. */
const noSecrets: Secrets = { get: async () => null };
