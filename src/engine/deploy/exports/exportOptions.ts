import type { GatePolicy } from '../../model/gatePolicy.ts';
import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';

/** Where another controller finds the gate. */
export interface ExportOptions {
  config: DeploymentConfig;
  gate: GatePolicy | undefined;
  /** Of `touchstone gate serve`, as it is reached from the cluster. */
  gateUrl: string;
  /** The Secret that holds its token, under the key `token`. */
  secret: string;
}

export interface Exported {
  /** Several documents; what they do not say stands above them as comments. */
  yaml: string;
  /** What the other controller has no words for, in sentences. */
  notSaid: readonly string[];
}

export const DEFAULT_GATE_URL = 'http://touchstone-gate:4330';
export const DEFAULT_SECRET = 'touchstone-gate';
