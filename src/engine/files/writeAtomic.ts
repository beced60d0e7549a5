import { closeSync, openSync, readSync } from 'node:fs';
import { FileError } from '../errors.ts';
import type { Random } from '../ports.ts';
import { entryAt } from './entryAt.ts';
import { replaceFile } from './replaceFile.ts';

/**
 * Replaces a file in one step: readers see the old text or the new one, never a part. The file's mode and its byte
 * order mark, which reading leaves out, are kept. `path` must be resolved (a link in its place would be replaced). Throws FileError when it cannot.
 */
export function writeAtomic(path: string, text: string, random: Random): void {
  const mode = entryAt(path)?.mode;
  try {
    const whole = hasBom(path) && !text.startsWith(BOM) ? BOM + text : text;
    replaceFile(path, whole, mode === undefined ? 0o666 : mode & 0o777, random);
  } catch (error) {
    throw writeError(error, path);
  }
}

const BOM = '\ufeff';

function hasBom(path: string): boolean {
  const head = Buffer.alloc(3);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // The file is new, or write-only.
    return false;
  }

  try {
    readSync(file, head, 0, 3, 0);
  } finally {
    closeSync(file);
  }

  return head.toString('utf8') === BOM;
}

/** The FileError for a file that cannot be written; returns anything that is not a system error unchanged. */
export function writeError(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code !== 'string') return error;
  const remedy = code === 'ENOSPC' ? 'Free up disk space.' : 'Check that the folder exists and is writable.';
  return new FileError(`the file cannot be written (${code}); its content is unchanged`, {
    where: { path },
    remedy,
    cause: error,
  });
}
