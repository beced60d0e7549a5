import { UserError } from '../../errors.ts';
import type { Pointer, SourceDocument } from '../../files/formats/document.ts';
import { defined } from '../../model/defined.ts';
import type { SourceLocation } from '../../model/location.ts';
import type { Problem } from '../../model/problem.ts';

/** A configuration file under reading: where things stand in it, and what has been found wrong so far. */
export interface ConfigReader {
  readonly document: SourceDocument;
  /** Absolute real path of the workspace. */
  readonly root: string;
  readonly problems: Problem[];
}

/** What to say about a place; severity defaults to error. */
export interface Finding {
  code: string;
  message: string;
  remedy?: string | undefined;
  /** The text that was probably meant in place of the one that is reported. */
  meant?: string | undefined;
  severity?: Problem['severity'];
  related?: { message: string; pointer: Pointer }[];
}

/** Adds a problem at the value of `pointer`. */
export function reportAt(reader: ConfigReader, pointer: Pointer, finding: Finding): void {
  add(reader, reader.document.locate(pointer), finding);
}

/** Adds a problem at the key of `pointer`. */
export function reportKey(reader: ConfigReader, pointer: Pointer, finding: Finding): void {
  add(reader, reader.document.locateKey(pointer), finding);
}

/**
 * Runs `work`; a UserError becomes a problem at `pointer`, or at its place in another file, and the result undefined.
 */
export function attempt<T>(
  reader: ConfigReader,
  pointer: Pointer,
  code: string,
  work: () => T,
): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { message, remedy, where } = error;
    const here = reader.document.locate(pointer);
    // What is wrong within another file is said there.
    const elsewhere = where && 'line' in where && where.path !== here.path ? where : undefined;
    add(reader, elsewhere ?? here, { code, message, remedy });
    return undefined;
  }
}

/** The start of the value at `pointer`, as an error's place. */
export function placeOf(reader: ConfigReader, pointer: Pointer): SourceLocation {
  return startOf(reader.document.locate(pointer));
}

/** A range's start alone. */
export function startOf({ path, line, column }: SourceLocation): SourceLocation {
  return { path, line, column };
}

function add(reader: ConfigReader, location: Problem['location'], finding: Finding): void {
  const { code, message, remedy, meant, severity = 'error', related } = finding;
  reader.problems.push({
    severity,
    code,
    message,
    location,
    ...defined({
      remedy,
      meant,
      related:
        related === undefined
          ? undefined
          : related.map((other) => ({
              message: other.message,
              location: startOf(reader.document.locateKey(other.pointer)),
            })),
    }),
  });
}
