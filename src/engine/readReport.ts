import { judgesForGate } from './compare/evaluators/judgesOfRun.ts';
import { judgeRun } from './compare/gate/gate.ts';
import { defined } from './model/defined.ts';
import type { GateReport } from './model/gateReport.ts';
import type { RunPlan, RunRecord } from './model/run.ts';
import type { EvaluationVerdict } from './model/runVerdict.ts';
import type { RunSummary } from './model/summary.ts';
import type { RunReport } from './reports/runReport.ts';
import { countNotRecorded } from './runs/notRecorded.ts';
import { summarize } from './runs/tally/summarize.ts';
import { CurrentResults } from './store/currentResults.ts';
import type { RunStore } from './store/runStore.ts';

/**
 * The report of a stored run; needs no workspace. Its verdict is the one that is stored with it, unless it is to be
 * judged `anew`. Throws ResumeError when there is none of that id.
 */
export function readReport(store: RunStore, runId: string, { anew = false } = {}): RunReport {
  const run = store.getRun(runId);
  const { status, plan } = run;
  const current = new CurrentResults(store, runId);
  const counted = summarize(plan, current.results());
  const isEnough = status.state === 'complete' && status.reason !== undefined;
  const stopped = status.state === 'interrupted' ? status.reason : undefined;
  const summary = isEnough ? { ...counted, missing: 0 } : { ...counted, ...defined({ stopped }) };

  const settled = anew || status.state !== 'complete' ? undefined : store.verdicts.of(runId);
  const gate = settled ? settled.gate : gateOf(store, run, summary, current);

  const { total, missing } = summary;
  const allPassed = total.trials > 0 && total.passed === total.trials && missing === 0;
  const notRecorded = plan.origin?.replay ? countNotRecorded(current.results()) : 0;
  const rerun = current.reruns;
  return {
    run,
    summary,
    gate,
    passed: settled?.passed ?? ((gate?.passed ?? allPassed) && notRecorded === 0),
    ...(notRecorded > 0 ? { notRecorded } : {}),
    ...(rerun > 0 ? { rerun } : {}),
    results: (statuses) => current.results(statuses),
    caseAt: (caseIndex) => store.caseAt(runId, caseIndex),
  };
}

/** What is kept of a complete evaluation. */
export function verdictOf({ passed, gate, summary }: RunReport): EvaluationVerdict {
  return { passed, gate, total: summary.total };
}

function gateOf(
  store: RunStore,
  run: RunRecord,
  summary: RunSummary,
  current: CurrentResults,
): GateReport | null {
  const policy = isJudged(run.plan) ? run.plan.gate : null;
  const judges = judgesForGate(store, run, policy, summary, () => current.results());
  return policy ? judgeRun(policy, summary, judges) : null;
}

/**
 * A gate speaks of one side, and a comparison holds both; it speaks of a dataset, not of cases picked one by one, and of
 * a whole run, not of a part of one.
 */
function isJudged({ comparison, filter, partOf }: RunPlan): boolean {
  return !comparison && partOf === undefined && !filter.ids?.length;
}
