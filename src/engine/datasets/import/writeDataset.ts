import { Document, type Scalar, visit } from 'yaml';
import { FileError } from '../../errors.ts';
import { isReadableYaml } from '../../files/formats/parseYaml.ts';
import { MAX_FILE_BYTES } from '../../files/limits.ts';
import { writeStaged } from '../../files/writeStaged.ts';
import type { GoldenCase } from '../../model/case.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Random } from '../../ports.ts';
import { datasetFormat } from '../dataset.ts';
import { CURRENT_FORMAT } from '../formatVersion.ts';

interface NewDataset {
  /** The target; the extension of `shownAs` determines the format. */
  path: string;
  shownAs: string;
  metadata: JsonObject;
  random: Random;
}

/**
 * Writes a new golden dataset, version 1.0.0, atomically. JSONL is written as the cases arrive. Returns the number of
 * cases. Throws FileError if there are none, if the file cannot be written, or if a YAML or JSON file would be too
 * large to be read again.
 */
export async function writeDataset(
  target: NewDataset,
  batches: AsyncIterable<readonly GoldenCase[]>,
): Promise<number> {
  const header = { schema_version: CURRENT_FORMAT, version: '1.0.0', metadata: target.metadata };
  const format = datasetFormat(target.shownAs);

  return writeStaged(target, async (write) => {
    let count = 0;
    if (format === 'jsonl') {
      write(`${JSON.stringify(header)}\n`);
      for await (const cases of batches) {
        write(cases.map((testCase) => `${JSON.stringify(testCase)}\n`).join(''));
        count += cases.length;
      }
    } else {
      const all: GoldenCase[] = [];
      for await (const cases of batches) all.push(...cases);
      count = all.length;
      const text =
        format === 'yaml'
          ? datasetYaml(header, all)
          : `${JSON.stringify({ ...header, test_cases: all }, null, 2)}\n`;
      refuseTooLarge(text, format, target.shownAs);
      write(text);
    }

    if (count === 0) throw new FileError('there are no cases to write', { where: { path: target.shownAs } });
    return count;
  });
}

/** YAML with unlimited line length; multi-line strings are written as blocks. Reading it back gives the same value. */
export function toYaml(value: unknown): string {
  const document = new Document(value, YAML_OPTIONS);
  visit(document, { Scalar: (_, scalar) => quoteWhereNeeded(scalar) });
  return document.toString(YAML_OPTIONS);
}

const YAML_OPTIONS = {
  version: '1.2',
  schema: 'core',
  lineWidth: 0,
  blockQuote: 'literal',
  aliasDuplicateObjects: false,
} as const;

/** An unquoted `<<` would merge the map after it; trailing blank lines of a block would depend on what follows. */
function quoteWhereNeeded(scalar: Scalar): void {
  const { value } = scalar;
  if (typeof value === 'string' && (value === '<<' || endsInBlankLines(value))) scalar.type = 'QUOTE_DOUBLE';
}

function endsInBlankLines(text: string): boolean {
  if (!text.endsWith('\n')) return false;
  const content = text.trimEnd();
  return content === '' || text.indexOf('\n', content.length) < text.length - 1;
}

/** A dataset with a blank line between its cases. */
function datasetYaml(header: object, cases: readonly GoldenCase[]): string {
  return `${toYaml(header)}test_cases:\n${cases.map((entry) => yamlItem(entry, '  ', '\n')).join('\n')}`;
}

/** One item of a block list, ending with a line break. */
export function yamlItem(entry: GoldenCase, indent: string, lineBreak: string): string {
  const lines = toYaml([entry]).replace(/\n$/, '').split('\n');
  return lines.map((line) => (line === '' ? '' : indent + line) + lineBreak).join('');
}

function refuseTooLarge(text: string, format: 'yaml' | 'json', path: string): void {
  const isTooLarge = format === 'yaml' ? !isReadableYaml(text) : Buffer.byteLength(text) > MAX_FILE_BYTES;
  if (!isTooLarge) return;
  throw new FileError(`the dataset is too large for a ${format === 'yaml' ? 'YAML' : 'JSON'} file`, {
    where: { path },
    remedy: 'Write to a .jsonl file instead, which is read line by line.',
  });
}
