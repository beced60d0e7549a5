import type { Clock, Environment, Log, Random } from '../../ports.ts';
import type { Owner } from '../../store/lease.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { Router } from '../routers/router.ts';
import type { EvidenceSource } from './evidenceSource.ts';

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

/** The evidence of a deployment, from all the sources that its configuration names. */
export function openEvidence(_options: EvidenceOptions): EvidenceSource {
  return {
    begin: () => Promise.resolve(),
    read: () => Promise.resolve({ samples: [], figures: [], problems: ['no source of evidence is there'] }),
    fill: () => Promise.resolve(),
    smoke: () => Promise.resolve({ status: 'undecided', reason: 'no case was asked' }),
    end: () => Promise.resolve(),
  };
}
