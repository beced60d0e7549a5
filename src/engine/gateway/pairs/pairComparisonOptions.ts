import type { RunPlan } from '../../model/run.ts';
import type { RouteConfig, ShadowConfig } from '../../suites/gateway/gatewayConfig.ts';
import type { PairEvaluators } from './pairEvaluators.ts';
import type { PairLogPorts } from './pairLog.ts';

export interface PairComparisonOptions extends PairLogPorts {
  route: Pick<RouteConfig, 'name' | 'arms' | 'keep'>;
  shadow: ShadowConfig;
  plan: RunPlan;
  /** Closed with it. */
  evaluators: PairEvaluators;
  /** It takes no more pairs: a verdict, or as many pairs or as much money as was asked for. */
  onEnd(reason: string): void;
  /** Its status has changed. */
  onChange(): void;
  onBug(error: unknown): void;
}
