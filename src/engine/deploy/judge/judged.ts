import type { ClauseStatus, GateClause } from '../../model/gateReport.ts';

/** A clause of a step. */
export interface Judged extends GateClause {
  /** It passes whenever one looks, so that the step may end before its time. */
  passesEarly: boolean;
}

export function judged(name: string, status: ClauseStatus, reason: string, passesEarly = false): Judged {
  return { name, status, reason, passesEarly: passesEarly && status === 'pass' };
}

/** What a comparison shows. `fails` is of any look, `passes` of that at the end of the hold. */
export interface Shown {
  fails: boolean;
  passes: boolean;
  passesEarly: boolean;
}

export function clauseOf(name: string, { fails, passes, passesEarly }: Shown, reason: string): Judged {
  if (fails) return judged(name, 'fail', reason);
  if (passes) return judged(name, 'pass', reason, passesEarly);
  return judged(name, 'undecided', `${reason}: not shown either way`);
}
