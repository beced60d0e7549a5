import { createHash, hash } from 'node:crypto';
import { basename, isAbsolute, relative, sep } from 'node:path';
import { FileError, ProblemsError } from '../errors.ts';
import { dataFormat } from '../files/formats/dataFormat.ts';
import { type Line, readLineBatches } from '../files/formats/jsonLines.ts';
import { readBytes } from '../files/readText.ts';
import { decodeUtf8 } from '../files/text/decode.ts';
import type { DatasetHeader, LocatedCase } from '../model/case.ts';
import { defined } from '../model/defined.ts';
import { isJsonObject, type JsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import { ProblemList } from './check/problemList.ts';
import { changedMeanwhile, checkLines } from './read/linesDataset.ts';
import { checkWhole } from './read/wholeDataset.ts';

/** A golden dataset that was checked from beginning to end. */
export interface Dataset {
  readonly header: DatasetHeader;
  readonly count: number;
  /** SHA-256 of the file's bytes, as 64 hexadecimal digits. */
  readonly contentHash: string;
  /** Its text mentions `file://` or Python: cases may load files whose content is not in `contentHash`. */
  readonly mentionsFiles: boolean;
  readonly warnings: readonly Problem[];
  /** Whether any case sets limits of its own, in `evaluation_criteria`. */
  readonly hasLimits: boolean;
  /**
   * The cases in file order, in batches; the faster way. A JSONL file is read again: throws FileError when
   * it has changed since it was checked.
   */
  batches(options: { signal: AbortSignal }): AsyncIterable<LocatedCase[]>;
  /** The cases in file order, one by one. */
  cases(options: { signal: AbortSignal }): AsyncIterable<LocatedCase>;
}

export interface OpenOptions {
  /** The workspace folder; messages show paths relative to it. */
  root: string;
  signal: AbortSignal;
}

/**
 * Opens a YAML, JSON or JSONL dataset and checks all of it before any case can be run. Cases of an older
 * format are brought to the current one. `path` is absolute and already confined to the workspace.
 * Throws ProblemsError when something is wrong with it.
 */
export async function openDataset(path: string, options: OpenOptions): Promise<Dataset> {
  const { dataset, problems } = await readDataset(path, options);
  if (problems.hasErrors || !dataset) throw new ProblemsError(problems.all);
  return dataset;
}

/** All problems of a dataset file, errors and warnings, in file order where they were found; at most 200. */
export async function validateDatasetFile(path: string, options: OpenOptions): Promise<readonly Problem[]> {
  return (await readDataset(path, options)).problems.all;
}

/** All problems of a dataset in memory, e.g. in an editor; the path decides the format. */
export async function validateDataset(source: { path: string; text: string }): Promise<readonly Problem[]> {
  return (await checkDatasetText(source)).problems;
}

/** As `validateDataset`, with the cases of the text where it has no error. */
export async function checkDatasetText(source: { path: string; text: string }): Promise<{
  problems: readonly Problem[];
  batches(): AsyncIterable<LocatedCase[]>;
}> {
  const problems = new ProblemList();
  const format = datasetFormat(source.path);
  const lines = () => textLines(source.text);
  const checked =
    format === 'jsonl'
      ? await checkLines(source.path, lines, problems)
      : await checkWhole({ ...source, format }, problems);
  async function* batches() {
    if (!checked || problems.hasErrors) return;
    if ('batches' in checked) yield* checked.batches(lines);
    else for (let index = 0; index < checked.count; index++) yield [checked.case(index)];
  }
  return { problems: problems.all, batches };
}

/** The filled lines of a JSONL text, as reading its file gives them. */
export async function* textLines(text: string): AsyncGenerator<Line[], void> {
  const lines = text
    .split('\n')
    .map((line, at) => ({ text: line.replace(/\r$/, ''), line: at + 1, offset: 0 }));
  yield lines.filter((line) => line.text.trim() !== '');
}

/** The format of a dataset by its file name. Throws FileError for any other name. */
export function datasetFormat(path: string): DatasetHeader['format'] {
  const format = dataFormat(path);
  if (format) return format;
  throw new FileError('the file extension does not identify a dataset format', {
    where: { path },
    remedy: 'Rename it to .yaml, .json or .jsonl.',
  });
}

interface Reading {
  dataset: Dataset | undefined;
  problems: ProblemList;
}

async function readDataset(path: string, options: OpenOptions): Promise<Reading> {
  const shownAs = pathInside(options.root, path);
  const problems = new ProblemList();
  options.signal.throwIfAborted();
  const format = datasetFormat(shownAs);
  const dataset =
    format === 'jsonl'
      ? await readLines(path, shownAs, problems, options.signal)
      : await readWhole(path, shownAs, format, problems);
  return { dataset, problems };
}

async function readWhole(
  path: string,
  shownAs: string,
  format: 'yaml' | 'json',
  problems: ProblemList,
): Promise<Dataset | undefined> {
  let bytes: Uint8Array;
  let text: string;
  try {
    bytes = readBytes(path, shownAs);
    text = decodeUtf8(bytes, shownAs);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.addFileError(error, shownAs);
    return undefined;
  }

  const whole = await checkWhole({ path: shownAs, text, format }, problems);
  if (!whole) return undefined;

  async function* batches({ signal }: { signal: AbortSignal }) {
    if (!whole) return;
    for (let start = 0; start < whole.count; start += 500) {
      signal.throwIfAborted();
      const size = Math.min(500, whole.count - start);
      yield Array.from({ length: size }, (_, offset) => whole.case(start + offset));
    }
  }

  const header = readHeader(whole.header, shownAs, format);
  return makeDataset(
    {
      header,
      count: whole.count,
      hasLimits: whole.hasLimits,
      contentHash: hash('sha256', bytes, 'hex'),
      mentionsFiles: mentions(text),
    },
    problems,
    batches,
  );
}

async function readLines(
  path: string,
  shownAs: string,
  problems: ProblemList,
  signal: AbortSignal,
): Promise<Dataset | undefined> {
  const digest = createHash('sha256');
  const mention = new Mention();
  let isFirst = true;

  const source = () => {
    // A later pass, to confirm a duplicate id, is not hashed.
    const observe = isFirst
      ? (bytes: Uint8Array) => {
          digest.update(bytes);
          mention.see(bytes);
        }
      : undefined;
    isFirst = false;
    return readLineBatches(path, { signal, shownAs, ...defined({ observe }) });
  };

  const lines = await checkLines(shownAs, source, problems);
  if (!lines || problems.hasErrors) return undefined;

  const contentHash = digest.digest('hex');

  async function* batches(options: { signal: AbortSignal }) {
    if (!lines) return;
    const again = createHash('sha256');
    const observe = (bytes: Uint8Array) => void again.update(bytes);
    yield* lines.batches(() => readLineBatches(path, { signal: options.signal, shownAs, observe }));
    if (again.digest('hex') !== contentHash) throw changedMeanwhile(shownAs);
  }

  const header = readHeader(lines.header, shownAs, 'jsonl');
  return makeDataset(
    { header, count: lines.count, hasLimits: lines.hasLimits, contentHash, mentionsFiles: mention.found },
    problems,
    batches,
  );
}

const MENTIONS = ['file://', 'python'] as const;

function mentions(text: { includes(part: string): boolean }): boolean {
  return MENTIONS.some((part) => text.includes(part));
}

/** Looks for the mention of a file in bytes that come piece by piece. */
class Mention {
  found = false;
  #end: Uint8Array = new Uint8Array();

  see(bytes: Uint8Array): void {
    this.found ||= mentions(Buffer.concat([this.#end, bytes]));
    this.#end = bytes.slice(-8);
  }
}

function makeDataset(
  known: Pick<Dataset, 'header' | 'count' | 'contentHash' | 'hasLimits' | 'mentionsFiles'>,
  problems: ProblemList,
  batches: Dataset['batches'],
): Dataset {
  return {
    ...known,
    warnings: problems.all,
    batches,
    cases: async function* (options) {
      for await (const batch of batches(options)) yield* batch;
    },
  };
}

function readHeader(value: JsonObject, path: string, format: DatasetHeader['format']): DatasetHeader {
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  const name = metadata['name'];
  return {
    path,
    format,
    schemaVersion: String(value['schema_version']),
    version: String(value['version']),
    name: typeof name === 'string' && name !== '' ? name : basename(path).replace(/(\.golden)?\.[^.]+$/, ''),
    metadata,
  };
}

/** Relative to the root with `/`; the path itself when it lies elsewhere. */
function pathInside(root: string, path: string): string {
  const way = relative(root, path);
  const isOutside = way === '' || way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
  return isOutside ? path : way.replaceAll(sep, '/');
}
