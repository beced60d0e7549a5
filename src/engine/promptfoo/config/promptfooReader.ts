import { globSync } from 'node:fs';
import path from 'node:path';
import { FileError } from '../../errors.ts';
import { resolveInside } from '../../files/confine.ts';
import type { SourceDocument } from '../../files/formats/document.ts';
import { parseJson } from '../../files/formats/parseJson.ts';
import { parseYaml } from '../../files/formats/parseYaml.ts';
import { readText } from '../../files/readText.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { Problem } from '../../model/problem.ts';
import type { Environment } from '../../ports.ts';
import type { ConfigReader } from '../../suites/config/configReader.ts';
import { workspacePath } from '../../suites/config/fileReference.ts';

/** A promptfoo configuration under reading. */
export interface PromptfooReader extends ConfigReader {
  /** Folder from which references to files count; absolute. */
  readonly base: string;
  readonly environment: Environment;
  /** `env` of the file: values for `{{env.NAME}}` that go before those of the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** A file that the configuration refers to. */
export interface ReferencedFile {
  /** Relative to the workspace, with `/`. */
  path: string;
  absolute: string;
  text: string;
}

/** Reads a file inside the workspace. Throws FileError with the place of the reference. */
export function readReference(
  reader: PromptfooReader,
  reference: string,
  where: SourceLocation,
): ReferencedFile {
  const absolute = resolveInside(reader.root, reference, where, { base: reader.base });
  const shown = workspacePath(reader.root, absolute);
  try {
    return { path: shown, absolute, text: readText(absolute, shown) };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new FileError(`${shown}: ${error.message}`, {
      where,
      remedy: 'Paths count from the folder of the configuration.',
      cause: error,
    });
  }
}

/** The files that a reference or a pattern names, sorted; a plain reference is returned as it is. */
export function expandReference(reader: PromptfooReader, reference: string): string[] {
  const name = reference.replace(/^file:\/\//, '');
  if (!/[*?{[]/.test(name)) return [name];
  return globSync(name, { cwd: reader.base }).sort();
}

/** The file as data, with the places of its values. Throws FileError. */
export function parseReferenced(file: ReferencedFile): SourceDocument {
  return path.extname(file.path).toLowerCase() === '.json'
    ? parseJson(file.text, file.path)
    : parseYaml(file.text, file.path);
}

/** Adds a warning: the part of promptfoo that is meant is not supported, or used otherwise. */
export function warn(
  reader: ConfigReader,
  location: SourceLocation,
  finding: { code: string; message: string; remedy?: string },
): void {
  const problem: Problem = { severity: 'warning', location, ...finding };
  const isKnown = reader.problems.some(
    (other) =>
      other.message === problem.message &&
      other.location.path === location.path &&
      other.location.line === location.line,
  );
  if (!isKnown) reader.problems.push(problem);
}
