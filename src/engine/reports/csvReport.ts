import type { GoldenCase, LocatedCase } from '../model/case.ts';
import type { Evaluation } from '../model/evaluation.ts';
import { formatLocation } from '../model/location.ts';
import { sourceNote } from '../model/replySource.ts';
import type { TrialResult } from '../model/result.ts';
import { visibleText } from '../model/visibleText.ts';
import { isBad } from './caseText.ts';
import type { RunReport } from './runReport.ts';

/** Without it, Excel takes UTF-8 for the code page of the machine. */
const BYTE_ORDER_MARK = '\ufeff';

/** A number is written as it is, null and undefined as an empty cell: unknown, never 0. */
type Cell = string | number | null | undefined;

/**
 * One row for each trial, by RFC 4180 (comma, quotes, CRLF) in UTF-8 with a byte order mark. Text cells that a
 * spreadsheet would compute are made harmless with a leading apostrophe; numbers are never touched.
 */
export function* csvReport(reports: readonly RunReport[]): IterableIterator<string> {
  const evaluators = evaluatorNames(reports);
  yield BYTE_ORDER_MARK;
  yield line([...Object.keys(COLUMNS), ...evaluators.map((name) => `score ${name}`)]);

  for (const report of reports) {
    for (const result of report.results()) {
      const row = { report, result, located: report.caseAt(result.caseIndex) };
      const scores = new Map(result.evaluations.map((evaluation) => [evaluation.name, scoreOf(evaluation)]));
      const cells = Object.values(COLUMNS).map((column) => column(row));
      yield line([...cells, ...evaluators.map((name) => scores.get(name))]);
    }
  }
}

interface Row {
  report: RunReport;
  result: TrialResult;
  located: LocatedCase | undefined;
}

const COLUMNS: { [name: string]: (row: Row) => Cell } = {
  run: ({ report }) => report.run.id,
  suite: ({ report }) => report.run.plan.suite,
  target: ({ result }) => result.target,
  case_id: ({ result }) => result.caseId,
  description: ({ located }) => located?.case.description,
  trial: ({ result }) => result.trial,
  status: ({ result }) => result.status,
  score: ({ result }) => result.score,
  reason: ({ result }) => result.reason,
  failed_evaluators: ({ result }) =>
    result.evaluations
      .filter(isBad)
      .map(({ name }) => name)
      .join('; '),
  settled_stage: ({ result }) => result.settlement.stage,
  input: ({ located }) => textOf(located?.case.messages ?? located?.case.input),
  expected: ({ located }) => (located ? expectedText(located.case) : null),
  output: ({ result }) => result.output.text,
  error: ({ result: { output } }) => (output.status === 'error' ? output.error.message : null),
  latency_ms: ({ result }) => result.output.latencyMs,
  input_tokens: ({ result }) => result.output.usage?.inputTokens,
  output_tokens: ({ result }) => result.output.usage?.outputTokens,
  cost_usd: ({ result }) => result.output.costUsd,
  model: ({ result }) => result.output.model,
  source: ({ result: { output } }) => (output.source ? sourceNote(output.source) : null),
  calls: ({ result }) => result.output.attempts,
  finish_reason: ({ result }) => result.output.finishReason,
  tags: ({ result }) => result.tags.join('; '),
  cluster: ({ result }) => result.cluster,
  location: ({ located }) => (located ? formatLocation(located.location) : null),
  trace_id: ({ result }) => result.traceId,
  started_at: ({ result }) => new Date(result.startedAt).toISOString(),
};

function evaluatorNames(reports: readonly RunReport[]): string[] {
  const names = reports.flatMap(({ summary }) => summary.evaluators.map(({ name }) => name));
  return [...new Set(names)];
}

function scoreOf(evaluation: Evaluation): Cell {
  return evaluation.status === 'scored' ? evaluation.score : evaluation.status === 'error' ? 'error' : null;
}

function expectedText({ expected_output: expected }: GoldenCase): Cell {
  if (expected === undefined) return null;
  const keys = Object.keys(expected);
  return keys.length === 1 && expected.answer !== undefined ? expected.answer : JSON.stringify(expected);
}

function textOf(value: unknown): Cell {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(cellText).join(',')}\r\n`;
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'number') return String(cell);
  const text = cell.split(SEPARATORS).map(readable).join('');
  const harmless = COMPUTED.test(text) ? `'${text}` : text;
  return /[",\r\n;\t\u2028\u2029]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Unicode's separators of lines and paragraphs are text like any other; quotes keep them within their cell. */
const SEPARATORS = /([\u2028\u2029])/;

function readable(part: string): string {
  return SEPARATORS.test(part) ? part : visibleText(part);
}

/**
 * How a cell begins that a spreadsheet computes (OWASP, "CSV Injection"), with the full-width forms that some
 * take for the same, and with blanks that some cut off first.
 */
const COMPUTED = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;
