import { FileError } from '../../errors.ts';
import type { SourceDocument } from '../../files/formats/document.ts';
import type { Line } from '../../files/formats/jsonLines.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import type { LocatedCase } from '../../model/case.ts';
import { isJsonObject, type JsonObject } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { DatasetChecker, type Located } from '../check/datasetChecker.ts';
import type { ProblemList } from '../check/problemList.ts';
import { CURRENT_FORMAT } from '../formatVersion.ts';

/** Gives the lines of one file from its start, each time it is called. */
type LineSource = () => AsyncIterable<readonly Line[]>;

/** A checked JSONL dataset; the cases are read again, not kept. */
interface LinesDataset {
  header: JsonObject;
  count: number;
  /** Whether any case sets limits of its own. */
  hasLimits: boolean;
  batches(lines: LineSource): AsyncGenerator<LocatedCase[], void>;
}

/** Checks a JSONL dataset line by line. Undefined if it cannot be used; the reasons are in `problems`. */
export async function checkLines(
  path: string,
  source: LineSource,
  problems: ProblemList,
): Promise<LinesDataset | undefined> {
  try {
    return await readThrough(path, source, problems);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.addFileError(error, path);
    return undefined;
  }
}

async function readThrough(
  path: string,
  source: LineSource,
  problems: ProblemList,
): Promise<LinesDataset | undefined> {
  let checker: DatasetChecker | undefined;
  let header: JsonObject = { schema_version: CURRENT_FORMAT, version: '0.0.0' };
  let hasHeader = false;
  let count = 0;

  reading: for await (const batch of source()) {
    for (const line of batch) {
      const document = parseLine(line, path, problems);
      if (!checker) {
        hasHeader = isHeader(document);
        if (hasHeader && document) header = document.value as JsonObject;
        checker = await startChecker(path, header, hasHeader ? document : undefined, problems);
        if (!checker) return undefined;
        if (hasHeader) continue;
      }

      if (document) checker.check(caseOf(document, count), line.line);
      count++;
      if (problems.isFull) break reading;
    }
  }

  if (count === 0) problems.add(emptyDataset(path));
  if (checker && checker.suspects.size > 0)
    checker.reportDuplicates(await findFirsts(path, source, checker.suspects));

  return (
    checker && {
      header,
      count,
      hasLimits: checker.hasLimits,
      batches: (lines) => readCases(path, lines, hasHeader, checker),
    }
  );
}

/** The FileError for a dataset that is no longer the one that was checked. */
export function changedMeanwhile(path: string): FileError {
  return new FileError('the dataset changed while it was being read', {
    where: { path },
    remedy: 'Start the run again.',
  });
}

async function* readCases(path: string, source: LineSource, hasHeader: boolean, checker: DatasetChecker) {
  let index = hasHeader ? -1 : 0;
  for await (const batch of source()) {
    const cases: LocatedCase[] = [];
    for (const line of batch) {
      if (index >= 0) {
        const { value } = parseJson(line.text, path, { line: line.line });
        if (!checker.isValid(value)) throw changedMeanwhile(path);
        cases.push({ case: checker.migrate(value), index, location: { path, line: line.line, column: 1 } });
      }
      index++;
    }
    if (cases.length > 0) yield cases;
  }
}

function parseLine(line: Line, path: string, problems: ProblemList): SourceDocument | undefined {
  try {
    return parseJson(line.text, path, { line: line.line });
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    problems.addFileError(error, path);
    return undefined;
  }
}

function isHeader(document: SourceDocument | undefined): boolean {
  return document !== undefined && isJsonObject(document.value) && 'schema_version' in document.value;
}

async function startChecker(
  path: string,
  value: JsonObject,
  document: SourceDocument | undefined,
  problems: ProblemList,
): Promise<DatasetChecker | undefined> {
  if (!document) {
    problems.add({
      severity: 'warning',
      code: 'missing-header',
      message: `the dataset does not state its versions; read as schema ${CURRENT_FORMAT}, version 0.0.0`,
      location: { path, line: 1, column: 1 },
      remedy: `Start with the line {"schema_version": "${CURRENT_FORMAT}", "version": "1.0.0"}.`,
    });
  }
  const place = document ?? parseJson('{}', path);
  return DatasetChecker.start({ value, document: place, pointer: [] }, 'lines', problems);
}

function caseOf(document: SourceDocument, index: number): Located {
  return { value: document.value, document, pointer: [], label: ['test_cases', index] };
}

function emptyDataset(path: string) {
  return {
    severity: 'error',
    code: 'empty-dataset',
    message: 'the dataset has no cases',
    location: { path, line: 1, column: 1 },
    remedy: 'Add at least one case, as a JSON object on its own line.',
  } as const;
}

/** Reads the suspected lines again; only the hashes of their ids were kept. */
async function findFirsts(path: string, source: LineSource, suspects: ReadonlySet<number>) {
  const firsts = new Map<number, { id: string; location: SourceLocation }>();
  for await (const batch of source()) {
    for (const line of batch) {
      if (!suspects.has(line.line)) continue;
      const document = parseJson(line.text, path, { line: line.line });
      const id = isJsonObject(document.value) ? document.value['id'] : undefined;
      if (typeof id === 'string') firsts.set(line.line, { id, location: document.locate(['id']) });
    }
    if (firsts.size === suspects.size) break;
  }
  return firsts;
}
