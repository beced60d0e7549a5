import type { DeploymentStatus } from '../../../src/engine/deploy/deploymentStatus.ts';
import type { DeploymentPhase } from '../../../src/engine/deploy/machine/phase.ts';
import type { DeploymentAct, DeploymentStart } from '../../../src/protocol/deploymentParams.ts';
import type { DeploymentDesk } from '../../../src/services/liveDeployments.ts';

/** A deployment as an engine tells of it. */
export function statusOfPhase(
  deployment: string,
  phase: DeploymentPhase,
  over: Partial<DeploymentStatus> = {},
): DeploymentStatus {
  return {
    deployment,
    where: 'route support of the gateway',
    pair: {
      blue: null,
      green: { name: 'newer', digest: 'd', target: { kind: 'release', release: 'newer' } },
    },
    phase,
    step: null,
    steps: [],
    weights: null,
    observed: null,
    sinceMs: 0,
    untilMs: null,
    report: null,
    explanation: [],
    actions: [],
    controller: 'services',
    journal: [],
    ...over,
  };
}

interface Driven {
  deployment: string;
  show(status: DeploymentStatus): void;
  /** Ends the controller. */
  end(phase: DeploymentPhase | null): void;
  fail(error: Error): void;
}

/** Deployments without an engine: what they come to is told by the test. */
export class FakeDesk implements DeploymentDesk {
  readonly known = new Map<string, DeploymentStatus>();
  readonly acts: DeploymentAct[] = [];
  readonly driven: Driven[] = [];

  async prepare(): Promise<void> {}

  async plan(): Promise<never> {
    throw new Error('nobody plans here');
  }

  async begin({ deployment }: DeploymentStart): Promise<void> {
    this.known.set(deployment, statusOfPhase(deployment, 'preparing'));
  }

  async act(wanted: DeploymentAct): Promise<void> {
    this.acts.push(wanted);
  }

  async statuses(): Promise<DeploymentStatus[]> {
    return [...this.known.values()];
  }

  drive(
    deployment: string,
    onChange: (status: DeploymentStatus) => void,
    signal: AbortSignal,
  ): Promise<DeploymentPhase | null> {
    const { promise, resolve, reject } = Promise.withResolvers<DeploymentPhase | null>();
    this.driven.push({
      deployment,
      show: onChange,
      end: (phase) => {
        if (phase !== null) this.known.set(deployment, statusOfPhase(deployment, phase));
        resolve(phase);
      },
      fail: reject,
    });
    signal.addEventListener('abort', () => resolve('watching'), { once: true });
    // As a controller does once it has looked.
    const known = this.known.get(deployment);
    if (known) setImmediate(() => onChange(known));
    return promise;
  }
}
