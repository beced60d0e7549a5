import type { GoldenCase } from '../../model/case.ts';
import type { JsonObject } from '../../model/json.ts';
import type { ImportTally } from '../import/importTally.ts';

/** The data format of another tool, as an export target. */
export interface ExportFormat {
  /** As `--to` names it. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly title: string;
  /** A YAML list, or a JSON record on each line. */
  readonly form: 'yaml' | 'jsonl';
  /**
   * The record of a case. Fields without a counterpart go to its metadata, from where an import brings them
   * back; `tally` counts them, and what the other tool will not check.
   */
  convert(testCase: GoldenCase, tally: ImportTally): JsonObject;
}
