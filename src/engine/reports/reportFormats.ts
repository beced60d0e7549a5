import { UsageError } from '../errors.ts';
import type { RunReport } from './runReport.ts';

/** A report of several runs in pieces, so that it may be larger than memory. */
export type ReportWriter = (reports: readonly RunReport[]) => Iterable<string>;

export interface ReportFormat {
  /** The ends of file names that choose it; the first one is the usual one. */
  endings: readonly string[];
  /** What it is for, in a few words. */
  purpose: string;
  /** Loads the writer; a format that is not asked for costs no start-up time. */
  load(): Promise<ReportWriter>;
}

/** Every form of a report that can be written to a file. */
export const REPORT_FORMATS: readonly ReportFormat[] = [
  {
    endings: ['.html'],
    purpose: 'one page to open in a browser',
    load: async () => {
      const { htmlReport } = await import('./htmlReport.ts');
      const assets = (await import('./htmlAssets.ts')).readHtmlAssets();
      return (reports) => htmlReport(reports, assets);
    },
  },
  {
    endings: ['.json'],
    purpose: 'everything, for programs',
    load: async () => (await import('./jsonReport.ts')).jsonReport,
  },
  {
    endings: ['.jsonl'],
    purpose: 'one result a line',
    load: async () => (await import('./jsonlReport.ts')).jsonlReport,
  },
  {
    endings: ['.junit.xml', '.xml'],
    purpose: 'for the test view of a CI server',
    load: async () => (await import('./junitReport.ts')).junitReport,
  },
  {
    endings: ['.csv'],
    purpose: 'for a spreadsheet',
    load: async () => (await import('./csvReport.ts')).csvReport,
  },
  {
    endings: ['.md'],
    purpose: 'for a comment on a pull request',
    load: async () => (await import('./markdownReport.ts')).markdownReport,
  },
];

/** The format that a file name asks for by its end. Throws a UsageError that lists the endings. */
export function reportFormatOf(file: string): ReportFormat {
  const name = file.toLowerCase();
  const found = REPORT_FORMATS.find(({ endings }) => endings.some((ending) => name.endsWith(ending)));
  if (found) return found;
  throw new UsageError(`unknown report format: ${file}`, {
    remedy: `Use a file name that ends in ${listOf(REPORT_FORMATS.map(({ endings }) => endings[0] ?? ''))}.`,
  });
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
