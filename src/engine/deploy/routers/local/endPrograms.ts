import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock, Random } from '../../../ports.ts';
import { endProcess } from './ownProcess.ts';
import { ProgramFile } from './programFile.ts';

/**
 * Ends the agent programs of all deployments of a workspace, for a gateway that serves no more. They stay noted: the next gateway starts them
 * again, as after the machine was started anew.
 */
export async function endPrograms(
  root: string,
  { clock, random, signal }: { clock: Clock; random: Random; signal: AbortSignal },
): Promise<void> {
  const folder = path.join(root, '.touchstone', 'deployments');
  if (!existsSync(folder)) return;
  const deployments = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  await Promise.all(
    deployments
      .flatMap(({ name }) => new ProgramFile(path.join(folder, name), random).read())
      .map((entry) => endProcess(entry, clock, signal)),
  );
}
