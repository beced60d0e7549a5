import { findSuite } from '../../runs/preparation/findSuite.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { Workspace } from '../../suites/loadWorkspace.ts';
import { PairComparison } from './pairComparison.ts';
import type { PairComparisonOptions } from './pairComparisonOptions.ts';
import { type PairEvaluatorPorts, PairEvaluators } from './pairEvaluators.ts';
import { pairPlan } from './pairPlan.ts';

export type OpenPairsPorts = PairEvaluatorPorts &
  Pick<PairComparisonOptions, 'store' | 'owner' | 'onEnd' | 'onChange' | 'onBug'> & {
    /** Hears of the key of the comparison before it goes on with a run of that key. */
    onKey?: (key: string | undefined) => void;
  };

/**
 * The comparison of a shadow with its route, over the suite that the shadow names. Throws ConfigError where there is no such suite,
 * and as PairComparison does.
 */
export function openPairs(
  workspace: Workspace,
  route: RouteConfig,
  shadow: ShadowConfig,
  ports: OpenPairsPorts,
): PairComparison {
  const suite = shadow.suite === undefined ? undefined : findSuite(workspace, shadow.suite);
  const evaluators = new PairEvaluators(workspace, suite, ports);
  const { configPath } = workspace;
  const plan = pairPlan({ route, shadow, suite, configPath, evaluatorsHash: evaluators.hash });
  ports.onKey?.(plan.origin?.live?.key);
  return new PairComparison({ ...ports, route, shadow, plan, evaluators });
}
