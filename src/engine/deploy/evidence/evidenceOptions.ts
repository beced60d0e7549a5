import type { Clock, Environment, Log, Random } from '../../ports.ts';
import type { Owner } from '../../store/lease.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { Router } from '../routers/router.ts';

export interface EvidenceOptions {
  workspace: Workspace;
  config: DeploymentConfig;
  router: Pick<Router, 'target'>;
  clock: Clock;
  random: Random;
  environment: Environment;
  log: Log;
  owner: Owner;
}
