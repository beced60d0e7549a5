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

  const { run, kind = 'run', gate, override, reason } = approvedBy;
  if (gate === undefined)
    return {
      state: 'none',
      reason: `the gate of run ${run} was not looked at when release ${name} was created`,
    };
  if (gate === 'passed')
    return { state: 'approved', reason: `approved by ${kind} ${run}, whose gate passed` };
  return {
    state: 'overridden',
    reason: `created although ${kind} ${run} does not approve it (${reason ?? `gate ${gate}`}): ${override ?? 'no reason given'}`,
  };
}
