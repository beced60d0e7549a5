/** Where a deployment is. The table in docs/deployment-states.md has each with its events and effects. */
export type DeploymentPhase = (typeof DEPLOYMENT_PHASES)[number];

export const DEPLOYMENT_PHASES = [
  'preparing',
  'starting',
  'healthy',
  'smoking',
  'watching',
  'paused',
  'keeping',
  'decommissioning',
  'done',
  'rolling-back',
  'rolled-back',
  'failed',
] as const;
