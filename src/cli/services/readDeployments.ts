import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import { deploymentEntryOf } from '../../services/deploymentEntry.ts';
import { openWorkspace } from '../openWorkspace.ts';
import type { Io } from '../terminal/io.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import { askServices } from './runningServices.ts';
import { openTerminalDesk } from './terminalDesk.ts';

type Deployments = ServicesStatus['deployments'];

/** As the process tells that drives them; where none does, as their journals say. Changes nothing. */
export async function readDeployments(options: { config?: string }, io: Io): Promise<Deployments> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const told = (await askServices(root, (link) => link.call('services/status', {})))?.deployments;
  // A process that has just been started may not have looked yet.
  if (told && told.entries.length > 0) return told;
  return { entries: await readJournals(root, options, io), problems: told?.problems ?? [] };
}

async function readJournals(
  root: string,
  options: { config?: string },
  io: Io,
): Promise<Deployments['entries']> {
  const { signal } = new AbortController();
  const load = async () => (await openWorkspace([], options, io.cwd, signal)).workspace;
  const { desk, places } = openTerminalDesk({ root, load, access: 'read' });
  try {
    return (await desk.statuses(signal)).map(deploymentEntryOf);
  } finally {
    places.close();
  }
}
