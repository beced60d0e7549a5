import path from 'node:path';
import { FileError } from '../../errors.ts';
import type { Pointer, SourceDocument } from '../../files/formats/document.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SourceLocation } from '../../model/location.ts';
import { attempt, placeOf, reportAt, startOf } from '../../suites/config/configReader.ts';
import {
  expandReference,
  type PromptfooReader,
  parseReferenced,
  type ReferencedFile,
  readReference,
  warn,
} from '../config/promptfooReader.ts';
import { parseCsv, testFromRow } from './csvTests.ts';

/** One test as it is written, with its place. */
export interface RawTest {
  test: JsonObject;
  location: SourceLocation;
}

/**
 * The tests at `at`: written there, or in the YAML, JSON, JSONL and CSV files that are named there. `value` is
 * what stands there once references are resolved. Reports what cannot be read.
 */
export function readTests(reader: PromptfooReader, value: JsonValue | undefined, at: Pointer): RawTest[] {
  if (value === undefined || value === null) return [];

  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item, index) => {
    const pointer = Array.isArray(value) ? [...at, index] : at;
    const location = placeOf(reader, pointer);
    if (typeof item === 'string') return fromFiles(reader, item, pointer, !Array.isArray(value));
    if (!isJsonObject(item)) {
      reportAt(reader, pointer, {
        code: 'wrong-type',
        message: 'a test must be a map, or the name of a file',
      });

      return [];
    }

    if (typeof item['path'] === 'string') return fromFiles(reader, item['path'], pointer, true);

    const test = attempt(reader, pointer, 'missing-file', () => withVariables(reader, item, location));
    return test === undefined ? [] : [{ test, location }];
  });
}

function fromFiles(reader: PromptfooReader, reference: string, at: Pointer, numbered: boolean): RawTest[] {
  const location = placeOf(reader, at);
  if (/^[a-z]+:\/\//i.test(reference) && !reference.startsWith('file://')) {
    return unsupportedTests(reader, reference, location);
  }

  const files = expandReference(reader, reference);
  if (files.length === 0) {
    reportAt(reader, at, {
      code: 'missing-file',
      message: `no file matches "${reference}"`,
      remedy: PATHS,
    });
  }

  return files.flatMap((file) => {
    if (!/\.(?:csv|json|jsonl|ya?ml)$/i.test(file)) return unsupportedTests(reader, file, location);

    const tests = attempt(reader, at, 'invalid-tests', () =>
      testsOf(reader, readReference(reader, file, location)),
    );
    return (tests ?? []).map(({ test, location: place }, index) => ({
      test: numbered && !test['description'] ? { ...test, description: `Row #${index + 1}` } : test,
      location: place,
    }));
  });
}

/** A generator or a remote dataset: one case that says so, so that the suite does not pass without it. */
function unsupportedTests(reader: PromptfooReader, reference: string, location: SourceLocation): RawTest[] {
  const reason = `the tests of ${reference} are not supported`;
  warn(reader, location, {
    code: 'unsupported-tests',
    message: reason,
    remedy: 'One case stands for them and is reported as an error. Write them as YAML, JSON, JSONL or CSV.',
  });
  return [{ test: { description: reference, __unsupported: reason }, location }];
}

function testsOf(reader: PromptfooReader, file: ReferencedFile): RawTest[] {
  switch (path.extname(file.path).toLowerCase()) {
    case '.csv':
      return parseCsv(file).map((row) => ({
        test: testFromRow(row),
        location: { path: file.path, line: row.line, column: 1 },
      }));
    case '.jsonl':
      return linesOf(file).flatMap((document) => fromDocument(reader, document));
    default:
      return fromDocument(reader, parseReferenced(file));
  }
}

function linesOf(file: ReferencedFile): SourceDocument[] {
  return file.text
    .split('\n')
    .flatMap((text, index) =>
      text.trim() === '' ? [] : [parseJson(text.replace(/\r$/, ''), file.path, { line: index + 1 })],
    );
}

function fromDocument(reader: PromptfooReader, document: SourceDocument): RawTest[] {
  const { value } = document;
  const items = Array.isArray(value) ? value : [value];
  return items.map((item, index) => {
    const location = startOf(document.locate(Array.isArray(value) ? [index] : []));
    if (isJsonObject(item)) return { test: withVariables(reader, item, location), location };
    throw new FileError('a test must be a map', {
      where: location,
      remedy: 'For example: { vars: { question: … }, assert: [ … ] }',
    });
  });
}

/** `vars: file://common.yaml`, or a list of such files, as the variables that they hold. Throws FileError. */
export function withVariables(
  reader: PromptfooReader,
  test: JsonObject,
  location: SourceLocation,
): JsonObject {
  const { vars } = test;
  if (typeof vars !== 'string' && !Array.isArray(vars)) return test;
  const merged: JsonObject = {};
  for (const reference of [vars].flat().map(String)) {
    const files = expandReference(reader, reference);
    if (files.length === 0)
      throw new FileError(`no file matches ${reference}`, { where: location, remedy: PATHS });
    for (const file of files) {
      const { value } = parseReferenced(readReference(reader, file, location));
      if (!isJsonObject(value)) throw noVariables(file, location);
      Object.assign(merged, value);
    }
  }
  return { ...test, vars: merged };
}

const PATHS = 'Paths count from the folder of the configuration.';

function noVariables(file: string, where: SourceLocation): FileError {
  return new FileError(`${file} holds no map of variables`, {
    where,
    remedy: 'Write one variable a line, as in: question: What is new?',
  });
}
