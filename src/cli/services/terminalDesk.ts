import os from 'node:os';
import { UsageError } from '../../engine/errors.ts';
import { withoutGateway } from '../../engine/model/gatewayVariables.ts';
import { noLog, processEnvironment, systemClock } from '../../engine/ports.ts';
import type { StoreAccess } from '../../engine/store/file/connection.ts';
import type { Workspace } from '../../engine/suites/loadWorkspace.ts';
import { processOwner } from '../../processOwner.ts';
import { WorkspaceDesk } from '../../services/deploymentDesk.ts';
import { DeploymentPlaces } from '../../services/deploymentPlaces.ts';
import { systemRandom } from '../../systemRandom.ts';

export interface TerminalDeskOptions {
  root: string;
  load(): Promise<Workspace>;
  /** Of the journal on this machine. */
  access: StoreAccess;
}

/** The deployments of a workspace in this command, which serves no gateway. */
export function openTerminalDesk({ root, load, access }: TerminalDeskOptions): {
  desk: WorkspaceDesk;
  places: DeploymentPlaces;
} {
  const ports = { root, clock: systemClock, random: systemRandom, owner: processOwner() };
  const environment = withoutGateway(processEnvironment);
  const places = new DeploymentPlaces({
    ...{ ...ports, access, environment, cluster: processEnvironment },
    ...{ routes: { read: noRoute, setArms: noRoute }, serveGateway: noRoute },
  });
  const desk = new WorkspaceDesk({
    ...{ ...ports, places, environment, load, log: noLog },
    holder: `terminal ${process.pid} on ${os.hostname()}`,
    onMonitors: () => {},
  });
  return { desk, places };
}

function noRoute(): Promise<never> {
  return Promise.reject(new UsageError('no gateway is served by this command'));
}
