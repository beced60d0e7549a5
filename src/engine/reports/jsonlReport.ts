import { REPORT_FORM, reportHead } from './jsonReport.ts';
import { resultEntry } from './resultEntry.ts';
import type { RunReport } from './runReport.ts';

/**
 * One JSON object a line. A line with `"record": "run"` opens each run and holds its figures; the lines with
 * `"record": "result"` that follow are its results, in the form that the JSON report gives them.
 */
export function* jsonlReport(reports: readonly RunReport[]): IterableIterator<string> {
  for (const report of reports) {
    yield `${JSON.stringify({ record: 'run', ...REPORT_FORM, ...reportHead(report) })}\n`;
    for (const result of report.results()) {
      const entry = resultEntry(result, report.caseAt(result.caseIndex));
      yield `${JSON.stringify({ record: 'result', run_id: report.run.id, ...entry })}\n`;
    }
  }
}
