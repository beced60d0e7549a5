import { TraceError } from '../errors.ts';
import { findRun } from '../store/findRun.ts';
import type { RunStore } from '../store/runStore.ts';

/** The trace of a case at one target of a run. */
export interface CaseTraceEntry {
  runId: string;
  suite: string;
  /** Milliseconds since the epoch. */
  createdAt: number;
  target: string;
  traceId: string;
  trials: number;
  passed: number;
}

/** Runs that are looked at for a case. */
const MOST_RUNS = 200;

/** Where a case was tried, in the order of targets, the newest run first. */
export function tracesOfCase(runs: RunStore, caseId: string, limit: number): CaseTraceEntry[] {
  const found: CaseTraceEntry[] = [];
  for (const { id } of runs.listRuns(MOST_RUNS)) {
    found.push(...inRun(runs, id, caseId));
    if (found.length >= limit) break;
  }
  return found.slice(0, limit);
}

/**
 * The trace of a case in the run that a person means, at the target where several have it. Throws ResumeError where there is no
 * such run, and TraceError where the case or its target is not clear.
 */
export function caseTraceIn(
  runs: RunStore,
  { run: wanted, caseId, target }: { run: string; caseId: string; target: string | undefined },
): CaseTraceEntry {
  const run = findRun(runs, wanted);
  const all = inRun(runs, run.id, caseId);
  const [found, ...others] = all.filter((entry) => target === undefined || entry.target === target);
  if (!all[0])
    throw new TraceError(`run ${run.id} has no results of the case '${caseId}'`, {
      remedy: `List its cases with: touchstone show ${run.id}`,
    });

  const targets = all.map((entry) => entry.target).join(', ');
  if (!found)
    throw new TraceError(`run ${run.id} has no target '${target}' for the case '${caseId}'`, {
      remedy: `Choose one of: ${targets}`,
    });
  if (others.length > 0)
    throw new TraceError(`run ${run.id} has several targets for the case '${caseId}': ${targets}`, {
      remedy: 'Choose one with --target, or one for each side: --target before after',
    });
  return found;
}

function inRun(runs: RunStore, runId: string, caseId: string): CaseTraceEntry[] {
  const { createdAt, plan } = runs.getRun(runId);
  const byTarget = Map.groupBy(runs.resultsOfCase(runId, caseId), ({ target }) => target);
  return [...byTarget].flatMap(([target, results]) => {
    const traceId = results[0]?.traceId;
    if (traceId === undefined) return [];
    const passed = results.filter(({ status }) => status === 'passed').length;
    return [{ runId, suite: plan.suite, createdAt, target, traceId, trials: results.length, passed }];
  });
}
