import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { FileError } from '../errors.ts';
import { MAX_FILE_BYTES } from './limits.ts';
import { decodeUtf8 } from './text/decode.ts';

/**
 * Reads a whole text file, strictly UTF-8. `shownAs` is the path for messages, e.g. relative to the
 * workspace. Throws FileError when it is missing, no ordinary file, too large, or not UTF-8.
 */
export function readText(path: string, shownAs: string = path): string {
  return decodeUtf8(readBytes(path, shownAs), shownAs);
}

/** Reads a whole file under the size limit. Throws FileError as `readText` does. */
export function readBytes(path: string, shownAs: string = path): Uint8Array {
  const file = openFile(path, shownAs);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw notAFile(shownAs);
    if (stats.size > MAX_FILE_BYTES) throw tooLarge(shownAs, stats.size);
    return readFileSync(file);
  } finally {
    closeSync(file);
  }
}

/** The FileError for a file that cannot be opened; rethrows anything that is not a system error. */
export function openError(error: unknown, path: string): FileError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = { path };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new FileError('the file does not exist', {
      where,
      remedy: 'Check the path.',
      cause: error,
    });
  }

  if (code === 'EISDIR') return notAFile(path);
  if (code === 'EACCES' || code === 'EPERM') {
    return new FileError('permission denied reading the file', {
      where,
      remedy: 'Check its permissions.',
      cause: error,
    });
  }

  if (typeof code !== 'string') throw error;
  return new FileError(`the file cannot be opened (${code})`, { where, cause: error });
}

/** The FileError for a folder, device, pipe or socket in place of a file. */
export function notAFile(path: string): FileError {
  return new FileError('not a regular file', { where: { path }, remedy: 'Choose a text file.' });
}

function openFile(path: string, shownAs: string): number {
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for a writer.
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    throw openError(error, shownAs);
  }
}

function tooLarge(path: string, bytes: number): FileError {
  const megabytes = (count: number) => `${Math.ceil(count / 1024 / 1024)} MB`;
  return new FileError(
    `the file has ${megabytes(bytes)}; at most ${megabytes(MAX_FILE_BYTES)} are read at once`,
    {
      where: { path },
      remedy: 'Split the file, or store a large dataset as JSONL, which is read line by line.',
    },
  );
}
