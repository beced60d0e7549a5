import { counted } from '../model/figures.ts';
import { markdownCases } from './markdownCases.ts';
import { markdownRun, verdictMark } from './markdownRun.ts';
import type { RunReport } from './runReport.ts';

/** GitHub refuses a comment of more than 65,536 characters; counted in bytes, it fits however it is counted. */
const MAX_BYTES = 60_000;
/** What the figures of all runs may take; the rest is for the cases that did not pass. */
const FIGURES_BYTES = 40_000;

/**
 * A report for a comment on a pull request: the verdict, the figures of each run, and the cases that did not
 * pass, folded away. Always small enough for a comment; says what it leaves out. Runs that failed come first.
 */
export function* markdownReport(reports: readonly RunReport[]): IterableIterator<string> {
  const ordered = [...reports].sort((a, b) => Number(a.passed) - Number(b.passed));
  const sections: { report: RunReport; figures: string }[] = [];
  let used = 0;

  for (const report of ordered) {
    const figures = markdownRun(report);
    if (used + bytes(figures) > FIGURES_BYTES) break;
    used += bytes(figures);
    sections.push({ report, figures });
  }

  yield title(reports);
  let left = MAX_BYTES - used;
  let waiting = sections.filter(({ report }) => hasCases(report)).length;

  for (const { report, figures } of sections) {
    yield figures;
    if (!hasCases(report)) continue;
    const cases = markdownCases(report, Math.floor(left / waiting));
    left -= bytes(cases);
    waiting -= 1;
    yield cases;
  }

  const dropped = ordered.length - sections.length;
  if (dropped > 0) yield `\n… and ${counted(dropped, 'more run')}, omitted for length.\n`;
}

/** The marker lets a workflow find its comment and write it anew. */
function title(reports: readonly RunReport[]): string {
  const passed = reports.filter((report) => report.passed).length;
  const all = reports.length > 0 && passed === reports.length;
  const count = reports.length > 1 ? `: ${passed} of ${reports.length} runs` : '';
  const words = reports.length === 0 ? 'nothing was run' : `${all ? 'passed' : 'failed'}${count}`;
  return `<!-- touchstone-report -->\n## ${verdictMark(all)} Touchstone ${words}\n`;
}

function hasCases({ summary: { total } }: RunReport): boolean {
  return total.failed + total.errored > 0;
}

function bytes(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
