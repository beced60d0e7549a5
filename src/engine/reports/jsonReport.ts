import { defined } from '../model/defined.ts';
import type { RunRecord, RunState } from '../model/run.ts';
import { resultEntry } from './resultEntry.ts';
import type { RunReport } from './runReport.ts';
import { summaryEntry } from './summaryEntry.ts';

/** What opens a report. A new major version of the form means that its readers must change. */
export const REPORT_FORM = { format: 'touchstone-report', format_version: '1.0.0' } as const;

/** A JSON report in pieces, so that it may be larger than memory: a list of runs with their results. */
export function* jsonReport(reports: readonly RunReport[]): IterableIterator<string> {
  yield `${JSON.stringify(REPORT_FORM, null, 2).slice(0, -2)},\n  "runs": [`;
  for (const [index, report] of reports.entries()) {
    yield index === 0 ? '\n' : ',\n';
    yield* runPieces(report);
  }
  yield '\n  ]\n}\n';
}

function* runPieces(report: RunReport): IterableIterator<string> {
  yield `    ${JSON.stringify(reportHead(report), null, 2).slice(0, -2).replaceAll('\n', '\n    ')},\n      "results": [`;
  let first = true;
  for (const result of report.results()) {
    yield `${first ? '' : ','}\n        ${JSON.stringify(resultEntry(result, report.caseAt(result.caseIndex)))}`;
    first = false;
  }
  yield '\n      ]\n    }';
}

/** A run without its results, as reports write it. */
export function reportHead(report: RunReport) {
  return {
    run: runEntry(report.run),
    passed: report.passed,
    gate: report.gate,
    summary: summaryEntry(report.summary),
    ...defined({ rerun: report.rerun }),
  };
}

/** A run's identity as reports write it. */
export function runEntry(run: RunRecord) {
  const { plan } = run;
  return {
    id: run.id,
    suite: plan.suite,
    config: plan.configPath,
    state: stateOf(run.status),
    created_at: new Date(run.createdAt).toISOString(),
    elapsed_ms: Math.round(run.elapsedMs),
    dataset: {
      path: plan.dataset.path,
      version: plan.dataset.version,
      schema_version: plan.dataset.schemaVersion,
      content_hash: plan.dataset.contentHash,
    },
    targets: plan.targets.map(({ name, kind, hash }) => ({ name, kind, hash })),
    evaluators_hash: plan.evaluatorsHash,
    filter: plan.filter,
    repeat: plan.repeat,
    seed: plan.seed,
    trials: plan.trials,
    ...defined({ comparison: plan.comparison }),
    ...(run.status.state === 'complete' && run.status.reason !== undefined
      ? { ended_early: run.status.reason }
      : {}),
    ...(run.status.state === 'interrupted' ? defined({ stopped: run.status.reason }) : {}),
    ...defined({
      part_of: plan.partOf,
      left_out: plan.leftOut,
      model: plan.model,
      judge: plan.judge,
      origin: plan.origin,
    }),
  };
}

/** One that was never begun is to be gone on with, like any other that was interrupted. */
function stateOf({ state }: RunState): Exclude<RunState['state'], 'planned'> {
  return state === 'planned' ? 'interrupted' : state;
}
