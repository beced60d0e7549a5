import type { Sample } from '../../../src/engine/deploy/evidence/sample.ts';
import type { Side } from '../../../src/engine/deploy/sides.ts';
import type { DeploymentConfig } from '../../../src/engine/suites/deploying/deploymentConfig.ts';

export const STEP_MS = 600_000;

export function deploymentWith(
  policy: Partial<DeploymentConfig['policy']> = {},
  evidence: Partial<DeploymentConfig['evidence']> = {},
): DeploymentConfig {
  return {
    name: 'support',
    router: { kind: 'local', route: 'support' },
    versions: [],
    policy: {
      steps: [1, 10, 25, 50, 75, 100].map((weight) => ({ weight, holdMs: STEP_MS, minSamples: 30 })),
      ...{
        undecided: 'pause',
        maxExtensions: 3,
        readyMs: 1_000,
        keepMs: 1_000,
        drainMs: 1_000,
        confirm: false,
      },
      ...policy,
    },
    evidence: {
      ...{ share: 1, maxErrorIncrease: 0.02, goldenCases: false, shadowPairs: false, prometheus: [] },
      ...evidence,
    },
  };
}

let made = 0;

export function sample(side: Side, parts: Partial<Sample> = {}): Sample {
  made += 1;
  return {
    ...{ id: `${side}-${made}`, side, source: 'gateway', atMs: 1_000, isError: false, latencyMs: 100 },
    ...{ costUsd: 0.01, tags: [], cluster: null, traceId: null, servedModel: null },
    ...parts,
  };
}

/** So many of a side, made by `partsOf`. */
export function samples(
  side: Side,
  n: number,
  partsOf: (at: number) => Partial<Sample> = () => ({}),
): Sample[] {
  return Array.from({ length: n }, (_, at) => sample(side, partsOf(at)));
}
