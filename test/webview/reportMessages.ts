import { runEntry } from '../../src/engine/reports/jsonReport.ts';
import { resultEntry } from '../../src/engine/reports/resultEntry.ts';
import { rowEntry } from '../../src/engine/reports/rowEntry.ts';
import type { RunReport } from '../../src/engine/reports/runReport.ts';
import { summaryEntry } from '../../src/engine/reports/summaryEntry.ts';
import type { ResultKey } from '../../src/protocol/resultRow.ts';
import type { ToPage } from '../../src/webview/report/messages.ts';

/** A host of the page over a report in memory: the messages that it sends. */
export function runMessage(report: RunReport): ToPage {
  const { run, passed, gate, summary, rerun } = report;
  const again = rerun === undefined ? {} : { rerun };
  return {
    type: 'run',
    head: { run: runEntry(run), passed, gate, summary: summaryEntry(summary), ...again },
  };
}

export function rowsMessages(report: RunReport, batch = 1000): ToPage[] {
  const rows = [...report.results()].map((result) => rowEntry(result, report.caseAt(result.caseIndex)));
  const messages: ToPage[] = [];
  for (let at = 0; at < rows.length; at += batch) {
    messages.push({ type: 'rows', run_id: report.run.id, rows: rows.slice(at, at + batch) });
  }
  return messages;
}

export function caseMessage(report: RunReport, key: ResultKey): ToPage {
  const found = [...report.results()].find(
    (result) =>
      result.target === key.target && result.caseIndex === key.case_index && result.trial === key.trial,
  );
  if (!found) return { type: 'case-missing', run_id: report.run.id, key, message: 'The result is gone.' };
  return {
    type: 'case',
    run_id: report.run.id,
    result: resultEntry(found, report.caseAt(found.caseIndex)),
  };
}
