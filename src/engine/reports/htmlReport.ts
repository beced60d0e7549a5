import { defined } from '../model/defined.ts';
import type { TrialResult } from '../model/result.ts';
import type { HtmlAssets } from './htmlAssets.ts';
import { dataBlock, PAGE_END, pageHead, pageScript } from './htmlPage.ts';
import { runEntry } from './jsonReport.ts';
import { resultEntry } from './resultEntry.ts';
import { rowEntry } from './rowEntry.ts';
import type { RunReport } from './runReport.ts';
import { summaryEntry } from './summaryEntry.ts';

/** UTF-16 units of JSON in one block of data: small enough to be read between two frames. */
const BLOCK_LENGTH = 256 * 1024;

/** Beyond this a browser takes long to open the file. */
const DEFAULT_LIMIT = 50_000;

/**
 * A report as one HTML page in pieces, so that it may be larger than memory. The page asks the network for
 * nothing: program, style and data are in it, and its content security policy forbids the rest.
 *
 * `limit` is the largest number of results of each run. What did not pass is kept first; the page says how
 * many results were left out. The order of the pieces matters: rows come before the program, which can draw
 * them while the browser still reads the details.
 */
export function* htmlReport(
  reports: readonly RunReport[],
  assets: HtmlAssets,
  { limit = DEFAULT_LIMIT }: { limit?: number } = {},
): IterableIterator<string> {
  const suites = [...new Set(reports.map(({ run }) => run.plan.suite))].join(', ');
  yield pageHead(`${suites || 'Touchstone'}: evaluation report`, 'touchstone-report', assets);

  for (const report of reports) {
    yield dataBlock({ kind: 'run' }, JSON.stringify(runHead(report, limit)));
    yield* blocks('rows', report, kept(report, limit), (result) =>
      rowEntry(result, report.caseAt(result.caseIndex)),
    );
  }

  yield pageScript(assets);
  for (const report of reports) {
    yield* blocks('results', report, kept(report, limit), (result) =>
      resultEntry(result, report.caseAt(result.caseIndex)),
    );
  }

  yield PAGE_END;
}

function runHead(report: RunReport, limit: number) {
  return {
    run: runEntry(report.run),
    passed: report.passed,
    gate: report.gate,
    summary: summaryEntry(report.summary),
    ...defined({ rerun: report.rerun }),
    left_out: Math.max(0, report.summary.total.trials - limit),
  };
}

/** At most `limit` results in stable order; those that passed are left out first. */
function* kept(report: RunReport, limit: number): Iterable<TrialResult> {
  const { passed, trials } = report.summary.total;
  let room = limit;
  let roomForPassed = Math.max(0, limit - (trials - passed));
  for (const result of report.results(roomForPassed > 0 ? [] : ['failed', 'errored'])) {
    if (room === 0) return;
    if (result.status === 'passed' && roomForPassed === 0) continue;
    if (result.status === 'passed') roomForPassed -= 1;
    room -= 1;
    yield result;
  }
}

/** Lists of entries; each block names the place of its first entry, so that one entry is found without the others. */
function* blocks(
  kind: string,
  { run }: RunReport,
  results: Iterable<TrialResult>,
  entry: (result: TrialResult) => unknown,
): Iterable<string> {
  let first = 0;
  let batch: string[] = [];
  let length = 0;

  for (const result of results) {
    const text = JSON.stringify(entry(result));
    if (length > 0 && length + text.length > BLOCK_LENGTH) {
      yield dataBlock({ kind, run: run.id, first: String(first) }, `[${batch.join(',')}]`);
      first += batch.length;
      batch = [];
      length = 0;
    }

    batch.push(text);
    length += text.length;
  }

  if (batch.length > 0) yield dataBlock({ kind, run: run.id, first: String(first) }, `[${batch.join(',')}]`);
}
