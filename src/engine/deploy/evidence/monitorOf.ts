import { defined } from '../../model/defined.ts';
import type { DeploymentConfig, RouterConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import type { MonitorConfig, MonitorMatch } from '../../suites/monitoring/monitorConfig.ts';
import { unfitFor } from '../../suites/monitoring/unfitEvaluators.ts';
import { TOUCHSTONE } from '../../telemetry/attributes.ts';

const NOWHERE = { path: 'touchstone.yaml', line: 1, column: 1 };

/** Its evaluations stand under this name. */
export function monitorName(deployment: string): string {
  return `deploy/${deployment}`;
}

/**
 * The monitor that evaluates the answers of both versions while a deployment runs: with the evaluators of its suite that need no
 * expected answer. Undefined where there are none, or nothing is to be evaluated.
 */
export function monitorOf(workspace: Workspace, config: DeploymentConfig): MonitorConfig | undefined {
  const suite = workspace.config.suites.find(({ name }) => name === config.suite);
  const evaluators = suite?.evaluators.filter((spec) => unfitFor(spec) === undefined) ?? [];
  const { share, maxCostUsd } = config.evidence;
  if (!suite || evaluators.length === 0 || share <= 0) return undefined;

  return {
    name: monitorName(config.name),
    location: config.location ?? NOWHERE,
    match: matchOf(config.router),
    share,
    // Its judges have the bulkhead of the monitor.
    evaluators: evaluators.map(({ bulkhead: _, ...spec }) => spec),
    ...defined({
      judgeModel: suite.judgeModel,
      embeddingsModel: suite.embeddingsModel,
      maxCostPerHourUsd: maxCostUsd,
    }),
  };
}

/** One span for each request: of the gateway, its exchange; of agents elsewhere, what the trace begins with. */
function matchOf(router: RouterConfig): MonitorMatch {
  if (router.kind === 'kubernetes') return { kind: ['agent', 'other'], root: true };
  return { attributes: { [TOUCHSTONE.route]: router.route, [TOUCHSTONE.arm]: '*' } };
}
