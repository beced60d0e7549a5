/** Where a deployment is. The table in docs/deployments.md has each with its events and effects. */
export type DeploymentPhase =
  | 'preparing'
  | 'starting'
  | 'healthy'
  | 'smoking'
  | 'watching'
  | 'paused'
  | 'keeping'
  | 'decommissioning'
  | 'done'
  | 'rolling-back'
  | 'rolled-back'
  | 'failed';
