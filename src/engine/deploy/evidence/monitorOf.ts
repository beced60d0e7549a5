import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { MonitorConfig } from '../../suites/monitoring/monitorConfig.ts';

/** Its evaluations stand under this name. */
export function monitorName(deployment: string): string {
  return `deploy/${deployment}`;
}

/** The monitor that evaluates the answers of both versions while a deployment runs; undefined where it has no suite to take evaluators from. */
export function monitorOf(_workspace: Workspace, _config: DeploymentConfig): MonitorConfig | undefined {
  return undefined;
}
