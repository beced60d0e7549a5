import os from 'node:os';
import { createEngine, type Engine } from '../engine/engine.ts';
import { noLog, processEnvironment, systemClock, type Trust } from '../engine/ports.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';
import { systemRandom } from './systemRandom.ts';

/** The engine with the real clock, randomness and environment of this process. */
export function openEngine(workspace: Workspace, trust: Trust): Engine {
  return createEngine(workspace, {
    clock: systemClock,
    random: systemRandom,
    environment: processEnvironment,
    log: noLog,
    owner: { pid: process.pid, host: os.hostname(), alive: isAlive },
    trust,
  });
}

/** Signal 0 only asks; EPERM means that the process exists and belongs to somebody else. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
