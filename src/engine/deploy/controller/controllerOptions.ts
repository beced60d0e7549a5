import type { Clock, Random } from '../../ports.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { DeploymentStatus } from '../deploymentStatus.ts';
import type { Evidence, EvidenceSource } from '../evidence/evidenceSource.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import type { Journal } from '../journal/journal.ts';
import type { WatchedStep } from '../judge/watchedStep.ts';
import type { Router } from '../routers/router.ts';

/** The verdict on a step by its evidence, with the gate of the suite. Pure. */
export type StepJudge = (
  config: DeploymentConfig,
  step: WatchedStep,
  evidence: Evidence,
  nowMs: number,
) => StepReport;

export interface ControllerOptions {
  config: DeploymentConfig;
  journal: Journal;
  router: Router;
  evidence: EvidenceSource;
  judge: StepJudge;
  clock: Clock;
  random: Random;
  /** Who controls, for people and for the lease: unique among all controllers. */
  holder: string;
  onChange?: (status: DeploymentStatus) => void;
}
