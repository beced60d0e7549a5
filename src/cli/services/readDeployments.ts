import type { ServicesStatus } from '../../protocol/servicesCalls.ts';
import type { Io } from '../terminal/io.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import { askServices } from './runningServices.ts';

export async function readDeployments(
  options: { config?: string },
  io: Io,
): Promise<ServicesStatus['deployments']> {
  const root = workspaceFolder(undefined, options, io.cwd);
  const status = await askServices(root, (link) => link.call('services/status', {}));
  return status?.deployments ?? { entries: [], problems: [] };
}
