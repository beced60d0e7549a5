import { createEngine, type Engine } from '../engine/engine.ts';
import { noLog, processEnvironment, systemClock, type Trust } from '../engine/ports.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { processOwner } from '../processOwner.ts';
import { systemRandom } from '../systemRandom.ts';

/** The engine with the real clock, randomness and environment of this process. */
export function openEngine(workspace: Workspace, trust: Trust): Engine {
  return createEngine(workspace, {
    clock: systemClock,
    random: systemRandom,
    environment: processEnvironment,
    log: noLog,
    owner: processOwner(),
    trust,
  });
}
