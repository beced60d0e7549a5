import type { VersionTarget } from '../suites/deploying/deploymentConfig.ts';

/** What traffic moves from, or to. */
export interface Version {
  /** e.g. `support-3`; unique within its deployment. */
  name: string;
  target: VersionTarget;
  /** Tells two contents of one name apart: the digest of a release, else a hash of the target. */
  digest: string;
}

/** Blue serves now; green is to follow it. */
export type Side = 'blue' | 'green';

/** Percent of the traffic. Their sum is 100. */
export interface Weights {
  blue: number;
  green: number;
}
