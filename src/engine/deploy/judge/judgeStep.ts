import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { Evidence } from '../evidence/evidenceSource.ts';
import type { Sample } from '../evidence/sample.ts';
import type { SideFigures, StepReport } from '../evidence/stepReport.ts';
import type { Side } from '../sides.ts';
import type { WatchedStep } from './watchedStep.ts';

/** What the evidence of a step comes to now. `gate` is that of the suite; undefined where the deployment has none. */
export function judgeStep(
  config: DeploymentConfig,
  _gate: GatePolicy | undefined,
  step: WatchedStep,
  evidence: Evidence,
  _nowMs: number,
): StepReport {
  const minSamples = config.policy.steps[step.index]?.minSamples ?? 0;
  return {
    status: 'undecided',
    reason: 'nothing was judged',
    clauses: [],
    blue: figuresOf(evidence.samples, 'blue'),
    green: figuresOf(evidence.samples, 'green'),
    minSamples,
  };
}

function figuresOf(samples: readonly Sample[], side: Side): SideFigures {
  const own = samples.filter((sample) => sample.side === side);
  return {
    samples: own.length,
    bySource: {},
    errors: own.filter(({ isError }) => isError).length,
    errorRate: null,
    passRate: null,
    meanScore: null,
    p50Ms: null,
    p95Ms: null,
    costUsd: null,
    costPerRequest: null,
    servedModels: [],
    failedTraces: [],
  };
}
