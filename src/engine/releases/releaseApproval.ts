import { ReleaseError, UsageError } from '../errors.ts';
import { defined } from '../model/defined.ts';
import type { GateReport } from '../model/gateReport.ts';
import type { TrialResult } from '../model/result.ts';
import type { RunRecord } from '../model/run.ts';
import type { RunVerdict } from '../model/runVerdict.ts';
import type { Release, ReleaseApproval } from './release.ts';

/** What a run says of a release that it is to approve. */
export interface Approved {
  approvedBy: ReleaseApproval;
  dataset: NonNullable<Release['dataset']>;
}

/** Stored runs, as far as they tell of a release. `report` judges one without a stored verdict. */
export interface StoredRuns {
  verdict(runId: string): RunVerdict | undefined;
  results(runId: string): Iterable<Pick<TrialResult, 'target' | 'evaluations' | 'output'>>;
  report(runId: string): { passed: boolean; gate: GateReport | null };
}

/**
 * What a stored run or comparison says of a release. Throws ReleaseError where its gate did not pass, was undecided, or there is none, unless
 * a person gives a reason to do it all the same, which is kept.
 */
export function approvedByRun(runs: StoredRuns, run: RunRecord, override: string | undefined): Approved {
  const { id, plan } = run;
  if (override !== undefined && override.trim() === '')
    throw new UsageError('--override needs a reason', {
      remedy: 'For example: --override "hotfix, see ticket 12"',
    });

  const found = verdictOf(runs, run);
  if (found.gate !== 'passed' && override === undefined)
    throw new ReleaseError(`run ${id} does not approve a release: ${found.reason}`, {
      remedy: 'Mend that and evaluate again, or give a reason: --override "…", which stays visible.',
    });

  const { evaluators, servedModels } = measuredIn(runs, run);
  return {
    approvedBy: {
      ...{ run: id, kind: plan.comparison ? 'comparison' : 'run', gate: found.gate },
      // A reason for what needs none would only worry those who read it.
      ...defined({ override: found.gate === 'passed' ? undefined : override?.trim() }),
      ...{ reason: found.reason, clauses: found.clauses, evaluators, servedModels },
    },
    dataset: { path: plan.dataset.path, version: plan.dataset.version },
  };
}

/** Why a run or comparison approves no release without a person's reason; null where it does. */
export function unapprovedReason(runs: StoredRuns, run: RunRecord): string | null {
  const { gate, reason } = verdictOf(runs, run);
  return gate === 'passed' ? null : reason;
}

type Found = Required<Pick<ReleaseApproval, 'gate' | 'reason' | 'clauses'>>;

/** What is not complete, and a comparison of which nothing may be concluded, decide nothing. */
function verdictOf({ verdict, report }: StoredRuns, run: RunRecord): Found {
  const { id, plan, status } = run;
  if (status.state !== 'complete') return { gate: 'undecided', reason: 'it is not complete', clauses: [] };

  const stored = verdict(id);
  if (stored && 'comparison' in stored && stored.comparison.void !== undefined)
    return { gate: 'undecided', reason: stored.comparison.void, clauses: clausesOf(stored.gate) };
  if (plan.comparison && !stored)
    return { gate: 'undecided', reason: 'its comparison was not settled', clauses: [] };

  const { gate, passed } = stored ?? report(id);
  if (!gate) return { gate: 'none', reason: `the suite "${plan.suite}" has no gate`, clauses: [] };
  if (passed && gate.passed) return { gate: 'passed', reason: 'its gate passed', clauses: clausesOf(gate) };

  const failed = gate.clauses.some(({ status: clause }) => clause === 'fail');
  return {
    gate: failed ? 'failed' : 'undecided',
    reason: `its gate ${failed ? 'failed' : 'is undecided'}${gate.reason === null ? '' : `: ${gate.reason}`}`,
    clauses: clausesOf(gate),
  };
}

function clausesOf(gate: GateReport | null): ReleaseApproval['clauses'] & object {
  return (gate?.clauses ?? []).map(({ name, status, reason }) => ({ name, status, reason }));
}

/** By whom it was judged, and which models the provider says that it served; of a comparison, those of the candidate. */
function measuredIn(
  { results }: StoredRuns,
  { id, plan }: RunRecord,
): { evaluators: string[]; servedModels: string[] } {
  const evaluators = new Set<string>();
  const models = new Set<string>();
  for (const { target, evaluations, output } of results(id)) {
    if (target === plan.comparison?.baseline) continue;
    for (const { name } of evaluations) evaluators.add(name);
    if (output.model !== undefined) models.add(output.model);
  }
  return { evaluators: [...evaluators].sort(), servedModels: [...models].sort() };
}
