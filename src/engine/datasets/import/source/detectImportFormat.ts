import { FileError } from '../../../errors.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { ImportFormat } from '../importFormat.ts';
import { IMPORT_FORMATS } from '../importFormats.ts';
import type { ImportSource } from './importSource.ts';
import { suggestedMap } from './suggestedMap.ts';

/** Records that are examined. */
const SAMPLE = 50;

/**
 * The one format that the records of a file speak for. Throws FileError when none or several do, naming them:
 * the person then decides.
 */
export async function detectImportFormat(source: ImportSource, signal: AbortSignal): Promise<ImportFormat> {
  if (await isGolden(source, signal)) throw golden(source);
  const found: ImportFormat[] = [];
  for (const format of IMPORT_FORMATS) if (await speaksFor(format, source, signal)) found.push(format);
  const [only, ...others] = found;
  if (only && others.length === 0) return only;

  if (only) {
    const titles = found.map((format) => format.title).join(', or ');
    throw new FileError(`the data could be from ${titles}`, {
      where: { path: source.path },
      remedy: `Say which: ${found.map((format) => `--from ${format.name}`).join(' or ')}.`,
    });
  }

  const known = IMPORT_FORMATS.filter((format) => format.kinds.includes(source.kind));
  const map = await mapFor(source, signal);
  throw new FileError('cannot tell from the fields which tool wrote the records', {
    where: { path: source.path },
    remedy: `${map ? `Say what the fields are: ${map}\n  Or name` : 'Name'} the tool with --from:\n${known.map((format) => `    ${format.name}: ${format.fields}`).join('\n')}`,
  });
}

/** How the fields of the first record could be named. */
async function mapFor(source: ImportSource, signal: AbortSignal): Promise<string | undefined> {
  if (source.document && !Array.isArray(source.document.value)) return undefined;
  for await (const [first] of source.batches([], signal)) return first && suggestedMap(first.value);
  return undefined;
}

async function speaksFor(format: ImportFormat, source: ImportSource, signal: AbortSignal): Promise<boolean> {
  if (!format.kinds.includes(source.kind)) return false;
  const at = recordsPointer(format, source);
  if (!at) return false;

  const counts = { yes: 0, maybe: 0, no: 0 };
  let seen = 0;
  for await (const batch of source.batches(at, signal)) {
    for (const { value } of batch.slice(0, SAMPLE - seen)) counts[format.looksLike(value)]++;
    seen += batch.length;
    if (seen >= SAMPLE) break;
  }

  // A few malformed records should be reported with their locations, not make the file look like another format.
  return counts.yes > 0 && counts.no < counts.yes + counts.maybe;
}

/** Where a format has its records in this source; undefined when it cannot be of that format. */
export function recordsPointer(format: ImportFormat, { document }: ImportSource) {
  if (!document) return [];
  return (format.records ?? ((value) => (Array.isArray(value) ? [] : undefined)))(document.value);
}

async function isGolden(source: ImportSource, signal: AbortSignal): Promise<boolean> {
  const { document } = source;
  if (document) return isJsonObject(document.value) && 'test_cases' in document.value;
  for await (const [first] of source.batches([], signal)) return first?.has('schema_version') === true;
  return false;
}

function golden({ path }: ImportSource): FileError {
  return new FileError('this is already a golden dataset', {
    where: { path },
    remedy: 'Use it as is, or upgrade it to the current schema: touchstone upgrade',
  });
}
