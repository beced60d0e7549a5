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
  /** When the deployment began, in milliseconds since the epoch: what was spent before is none of it. Undefined: all counts. */
  beganMs?: number;
  /** `max_cost_usd` is spent: nothing more is to be evaluated. May be called again. */
  onSpent?(): void;
}
