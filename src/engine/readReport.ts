import { judgesForGate } from './compare/evaluators/judgesOfRun.ts';
import { judgeRun } from './compare/gate.ts';
import type { RunPlan } from './model/run.ts';
import type { RunVerdict } from './model/runVerdict.ts';
import type { RunReport } from './reports/runReport.ts';
import { countNotRecorded } from './runs/notRecorded.ts';
import { summarize } from './runs/tally/summarize.ts';
import { CurrentResults } from './store/currentResults.ts';
import type { RunStore } from './store/runStore.ts';

/** What came of it, to be stored. */
export function verdictOf({ passed, gate, summary: { total } }: RunReport): RunVerdict {
  return { passed, gate, total };
}

/** The report of a stored run; needs no workspace. Throws ResumeError when there is none of that id. */
export function readReport(store: RunStore, runId: string): RunReport {
  const run = store.getRun(runId);
  const { status, plan } = run;
  const current = new CurrentResults(store, runId);
  const counted = summarize(plan, current.results());
  const isEnough = status.state === 'complete' && status.reason !== undefined;
  const summary = isEnough ? { ...counted, missing: 0 } : counted;

  const policy = isJudged(plan) ? plan.gate : null;
  const judges = judgesForGate(store, run, policy, summary, () => current.results());
  const gate = policy ? judgeRun(policy, summary, judges) : null;

  const { total, missing } = summary;
  const allPassed = total.trials > 0 && total.passed === total.trials && missing === 0;
  const notRecorded = plan.origin?.replay ? countNotRecorded(current.results()) : 0;
  const rerun = current.reruns;
  return {
    run,
    summary,
    gate,
    passed: (gate?.passed ?? allPassed) && notRecorded === 0,
    ...(notRecorded > 0 ? { notRecorded } : {}),
    ...(rerun > 0 ? { rerun } : {}),
    results: (statuses) => current.results(statuses),
    caseAt: (caseIndex) => store.caseAt(runId, caseIndex),
  };
}

/**
 * A gate speaks of one side, and a comparison holds both; it speaks of a dataset, not of cases picked one by one, and of
 * a whole run, not of a part of one.
 */
function isJudged({ comparison, filter, partOf }: RunPlan): boolean {
  return !comparison && partOf === undefined && !filter.ids?.length;
}
