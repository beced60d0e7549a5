import type { RunRecord } from '../model/run.ts';
import { resultEntry } from './resultEntry.ts';
import type { RunReport } from './runReport.ts';
import { summaryEntry } from './summaryEntry.ts';

/** Version of the report's form; a new major version means that readers must change. */
const FORMAT_VERSION = '1.0.0';

/** A JSON report in pieces, so that it may be larger than memory: a list of runs with their results. */
export function* jsonReport(reports: readonly RunReport[]): IterableIterator<string> {
  yield `{\n  "format": "touchstone-report",\n  "format_version": "${FORMAT_VERSION}",\n  "runs": [`;
  for (const [index, report] of reports.entries()) {
    yield index === 0 ? '\n' : ',\n';
    yield* runPieces(report);
  }
  yield '\n  ]\n}\n';
}

function* runPieces(report: RunReport): IterableIterator<string> {
  const head = {
    run: runEntry(report.run),
    passed: report.passed,
    gate: report.gate,
    summary: summaryEntry(report.summary),
  };
  yield `    ${JSON.stringify(head, null, 2).slice(0, -2).replaceAll('\n', '\n    ')},\n      "results": [`;
  let first = true;
  for (const result of report.results()) {
    yield `${first ? '' : ','}\n        ${JSON.stringify(resultEntry(result, report.caseAt(result.caseIndex)))}`;
    first = false;
  }
  yield '\n      ]\n    }';
}

/** A run's identity as reports write it. */
export function runEntry(run: RunRecord) {
  const { plan } = run;
  return {
    id: run.id,
    suite: plan.suite,
    config: plan.configPath,
    state: run.status.state,
    created_at: new Date(run.createdAt).toISOString(),
    elapsed_ms: Math.round(run.elapsedMs),
    dataset: {
      path: plan.dataset.path,
      version: plan.dataset.version,
      schema_version: plan.dataset.schemaVersion,
      content_hash: plan.dataset.contentHash,
    },
    targets: plan.targets,
    evaluators_hash: plan.evaluatorsHash,
    filter: plan.filter,
    repeat: plan.repeat,
    seed: plan.seed,
    trials: plan.trials,
  };
}
