import type { Release } from '../releases/release.ts';

/** Whether a release may be deployed as it is: `overridden` and `none` need a person's word, which stays visible. */
export interface Approval {
  state: 'approved' | 'overridden' | 'none';
  /** In a sentence. */
  reason: string;
}

/** What a release says of its evaluation. */
export function approvalOf({ name, approvedBy }: Release): Approval {
  if (!approvedBy) return { state: 'none', reason: `release ${name} was not evaluated` };
  return { state: 'approved', reason: `approved by run ${approvedBy.run}` };
}
