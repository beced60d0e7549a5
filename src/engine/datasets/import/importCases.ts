import { FileError, ProblemsError, UsageError } from '../../errors.ts';
import type { GoldenCase } from '../../model/case.ts';
import { defined, nonEmpty } from '../../model/defined.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { ProblemList } from '../check/problemList.ts';
import { explainSchemaErrors } from '../check/schemaError.ts';
import { type DatasetValidators, loadValidators } from '../check/validators.ts';
import { CURRENT_FORMAT } from '../formatVersion.ts';
import { CaseIds } from './caseIds.ts';
import { mappedFormat } from './formats/mapped.ts';
import type { CaseDraft, ImportFormat } from './importFormat.ts';
import { importFormat } from './importFormats.ts';
import { ImportTally } from './importTally.ts';
import { unsendableParts } from './records/mediaPart.ts';
import type { SourceRecord } from './records/sourceRecord.ts';
import { detectImportFormat, recordsPointer } from './source/detectImportFormat.ts';
import { type ImportSource, openImportSource } from './source/importSource.ts';

interface ImportRequest {
  /** In order; `path` is absolute, `shownAs` appears in messages. */
  files: readonly { path: string; shownAs: string }[];
  /** Name of the format; detected for each file when left out. */
  from?: string;
  /** Instead of a format: `field=place` for each field that has one, e.g. `question=input`. */
  map?: readonly string[];
  signal: AbortSignal;
}

interface Import {
  /** Titles of the formats that were read, each once. */
  readonly formats: readonly string[];
  /** What became of fields without a place; complete when the cases were read to their end. */
  readonly tally: ImportTally;
  /**
   * The cases as golden cases of the current schema, in batches, with unique ids. To be read once. When records
   * cannot be used, it ends with a ProblemsError that lists them; nothing of the import should then be kept.
   */
  batches(): AsyncGenerator<GoldenCase[], void>;
}

/**
 * Opens files of another tool for import. Throws FileError if one cannot be read or its format cannot be determined.
 */
export async function openImport(request: ImportRequest): Promise<Import> {
  const { signal } = request;
  const named = namedFormat(request);
  const validators = await loadValidators(CURRENT_FORMAT);
  const tally = new ImportTally();
  const sources: { source: ImportSource; format: ImportFormat }[] = [];

  for (const { path, shownAs } of request.files) {
    const source = openImportSource(path, shownAs);
    sources.push(await matchFormat(source, named, signal));
  }

  async function* batches() {
    const reader = new Reader(validators, tally);
    for (const { source, format } of sources) {
      const at = recordsPointer(format, source);
      if (!at || !format.kinds.includes(source.kind)) throw notOfFormat(source, format);
      for await (const records of source.batches(at, signal)) {
        const cases = records.flatMap((record) =>
          reader.read(record, format, source.document?.value ?? null),
        );
        if (reader.problems.isFull) break;
        if (!reader.problems.hasErrors && cases.length > 0) yield cases;
      }
    }

    if (reader.problems.hasErrors) throw new ProblemsError(reader.problems.all);
  }

  return { formats: [...new Set(sources.map(({ format }) => format.title))], tally, batches };
}

function namedFormat({ from, map = [] }: ImportRequest): ImportFormat | undefined {
  if (map.length === 0) return from === undefined ? undefined : importFormat(from);
  if (from === undefined) return mappedFormat(map);
  throw new UsageError('--map and --from cannot be used together', {
    remedy: 'Remove --from: with --map, you choose where each field goes.',
  });
}

/** The format of a file, and the file as read by that format: by columns if it has no list of records. */
async function matchFormat(source: ImportSource, named: ImportFormat | undefined, signal: AbortSignal) {
  const columns = source.byColumns?.();
  if (named) {
    const isUnread = columns !== undefined && recordsPointer(named, source) === undefined;
    return { source: isUnread ? columns : source, format: named };
  }

  try {
    return { source, format: await detectImportFormat(source, signal) };
  } catch (error) {
    const format = columns && (await detectImportFormat(columns, signal).catch(() => undefined));
    if (!format) throw error;
    return { source: columns, format };
  }
}

function notOfFormat({ path }: ImportSource, { title, fields }: ImportFormat): FileError {
  return new FileError(`the file contains no records in this format: ${title}`, {
    where: { path },
    remedy: `Records of this format have the fields: ${fields}.`,
  });
}

const ONLY_ANSWER =
  'reference answers are only compared by evaluators in the suite, such as equals, rouge-l or rubric';

/** Turns records into checked cases and gathers what is wrong with them. */
class Reader {
  readonly problems = new ProblemList();
  readonly #ids = new CaseIds();
  readonly #validators: DatasetValidators;
  readonly #tally: ImportTally;

  constructor(validators: DatasetValidators, tally: ImportTally) {
    this.#validators = validators;
    this.#tally = tally;
  }

  read(record: SourceRecord, format: ImportFormat, document: JsonValue): GoldenCase[] {
    try {
      const drafts = format.convert(record, { document, tally: this.#tally });
      const left = record.rest();
      return drafts.map((draft) => this.#check(this.#finish(draft, left, format), record));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      this.problems.addFileError(error, record.location.path);
      return [];
    }
  }

  #finish(draft: CaseDraft, left: JsonObject, format: ImportFormat): GoldenCase {
    const { id: _, kept: beside, own, metadata, expected_output, ...fields } = draft;
    const ownId = own?.['id'];
    const wanted = typeof ownId === 'string' ? ownId : draft.id;
    const { id, repeated } = this.#ids.next({ ...draft, ...defined({ id: wanted }) });

    for (const kind of unsendableParts(draft.messages ?? [])) {
      this.#tally.note(`content parts of type ${kind} cannot be sent: give images as https: or data: URLs`);
    }

    if (repeated) this.#tally.note('duplicate ids or inputs: a number was appended to the case id');
    const kept = { ...left, ...beside };
    for (const field of Object.keys(kept)) this.#tally.keep(field);
    const ownExpected = isJsonObject(own?.['expected_output']) ? own['expected_output'] : {};
    const expected = { ...ownExpected, ...expected_output };

    if (Object.keys(expected).join() === 'answer' && !fields.assert && !own?.['assert']) {
      this.#tally.note(ONLY_ANSWER);
    }

    const all = { ...metadata, ...leftover(format.name, kept, metadata) };
    return inOrder({
      ...own,
      ...fields,
      id,
      ...defined({ expected_output: nonEmpty(expected), metadata: nonEmpty(all) }),
    });
  }

  #check(testCase: GoldenCase, record: SourceRecord): GoldenCase {
    const errors = this.#validators.case(testCase);
    if (errors.length === 0) return testCase;
    for (const { code, message } of explainSchemaErrors(errors, testCase as unknown as JsonValue, [])) {
      this.problems.add({ severity: 'error', code, message, location: record.location });
    }
    return testCase;
  }
}

/** Leftover fields, under the name of the format; merged into a map that already exists there. */
function leftover(name: string, kept: JsonObject, metadata: JsonObject | undefined): JsonObject {
  if (Object.keys(kept).length === 0) return {};
  const there = metadata?.[name];
  if (there === undefined || isJsonObject(there)) return { [name]: { ...there, ...kept } };
  return { [`${name}-fields`]: kept };
}

/** Fields in the order in which people write them; unknown ones before the metadata. */
const ORDER = [
  'id',
  'description',
  'input',
  'messages',
  'expected_output',
  'complexity',
  'evaluation_criteria',
  'assert',
  'threshold',
  'cluster',
  'tags',
];

function inOrder(testCase: GoldenCase): GoldenCase {
  const { metadata, ...fields } = testCase;
  const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);
  const sorted = Object.entries(fields).sort(([a], [b]) => rank(a) - rank(b));
  return { ...Object.fromEntries(sorted), id: testCase.id, ...defined({ metadata }) };
}
