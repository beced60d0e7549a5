import { createEngine, type Engine } from '../engine/engine.ts';
import { noLog, processEnvironment, type Secrets, systemClock, type Trust } from '../engine/ports.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { processOwner } from '../processOwner.ts';
import { systemRandom } from '../systemRandom.ts';

/**
 * The engine with the real clock, randomness and environment of this process. `keyless`: nothing will be called,
 * so no key is asked for.
 */
export function openEngine(workspace: Workspace, trust: Trust, options: { keyless?: boolean } = {}): Engine {
  return createEngine(workspace, {
    clock: systemClock,
    random: systemRandom,
    environment: processEnvironment,
    log: noLog,
    owner: processOwner(),
    trust,
    ...(options.keyless ? { secrets: noSecrets } : {}),
  });
}

/** Keys are fetched when a run begins, which it never does. */
const noSecrets: Secrets = { get: async () => null };
