import { UsageError } from '../../errors.ts';
import type { Dataset } from '../dataset.ts';
import { ImportTally } from '../import/importTally.ts';
import { toYaml } from '../import/writeDataset.ts';
import type { ExportFormat } from './exportFormat.ts';
import { openaiEvalsExport } from './formats/exportOpenaiEvals.ts';
import { promptfooExport } from './formats/exportPromptfoo.ts';

/** Every format that a dataset can be exported to. */
const EXPORT_FORMATS: readonly ExportFormat[] = [promptfooExport, openaiEvalsExport];

/** The format that `--to` names. Throws UsageError for any other name. */
export function exportFormat(name: string): ExportFormat {
  const format = EXPORT_FORMATS.find((one) => one.name === name || one.aliases?.includes(name));
  if (format) return format;
  throw new UsageError(`unknown export format ${name}`, {
    remedy: `Choose from: ${EXPORT_FORMATS.map((one) => one.name).join(', ')}`,
  });
}

/**
 * The text of an export, in pieces, a batch of cases each. `tally` is complete when they were read to the end.
 * Throws FileError as reading the dataset does.
 */
export function exportDataset(
  dataset: Dataset,
  format: ExportFormat,
  signal: AbortSignal,
): { tally: ImportTally; pieces(): AsyncGenerator<string, void> } {
  const tally = new ImportTally();
  async function* pieces() {
    for await (const batch of dataset.batches({ signal })) {
      const records = batch.map((entry) => format.convert(entry.case, tally));
      // A YAML list in pieces is one list again when they are joined.
      yield format.form === 'yaml'
        ? toYaml(records)
        : records.map((record) => `${JSON.stringify(record)}\n`).join('');
    }
  }
  return { tally, pieces };
}
