/**
 * What a gate says. Missing data is undecided, never a pass. `not-asked`: the clause speaks of a comparison
 * and this is a single run, so it neither passes nor holds anything up.
 */
export type ClauseStatus = 'pass' | 'fail' | 'undecided' | 'not-asked';

export interface GateClause {
  /** The key of the policy, with its tag where it has one, e.g. `min_pass_rate`, `min_pass_rate[critical]`. */
  name: string;
  status: ClauseStatus;
  reason: string;
}

export interface GateReport {
  /** False when a clause failed, or was undecided and the policy does not let that pass. */
  passed: boolean;
  /** The clauses that keep it from passing, each with its reason; null when it passed. */
  reason: string | null;
  clauses: GateClause[];
}
