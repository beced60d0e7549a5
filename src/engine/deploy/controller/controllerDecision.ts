import type { DeploymentEvent } from '../machine/deploymentEvent.ts';

/** What the controller does next, or an event. */
export type Decision =
  | { kind: 'wait'; ms: number }
  | { kind: 'event'; event: DeploymentEvent; wish?: number; override?: string; models?: string[] };
