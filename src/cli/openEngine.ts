import { randomBytes } from 'node:crypto';
import os from 'node:os';
import { createEngine, type Engine } from '../engine/engine.ts';
import { noLog, processEnvironment, type Random, systemClock, type Trust } from '../engine/ports.ts';
import type { Workspace } from '../engine/suites/loadWorkspace.ts';

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

const systemRandom: Random = {
  next: () => randomBytes(4).readUInt32BE() / 0x1_0000_0000,
  hex: (bytes) => randomBytes(bytes).toString('hex'),
};

/** Signal 0 only asks; EPERM means that the process exists and belongs to somebody else. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
