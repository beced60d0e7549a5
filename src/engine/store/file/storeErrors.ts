import path from 'node:path';
import { StoreError } from '../../errors.ts';

/** Runs a store operation and turns errors of SQLite and of the file system into StoreErrors with a remedy. */
export function guard<T>(file: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw translate(error, file);
  }
}

/** SQLite's primary result code of an error; undefined for any other error. https://www.sqlite.org/rescode.html */
export function sqliteCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}

export const BUSY = 5;
export const CORRUPT = 11;
export const NOT_A_DATABASE = 26;

interface Known {
  what: string;
  remedy: string;
}

const SQLITE: { [code: number]: Known } = {
  [BUSY]: {
    what: 'the store is in use by another process',
    remedy: 'Wait for the other run to end, or stop it, and try again.',
  },
  8: {
    what: 'the store cannot be written',
    remedy: 'Check the permissions of the .touchstone folder.',
  },
  10: {
    what: 'reading or writing the store failed',
    remedy:
      'Check the disk and the space left on it. What was stored before is kept; the run can be resumed.',
  },
  [CORRUPT]: {
    what: 'the store is damaged',
    remedy: 'Move the file away to begin a new store; it has been left as it was.',
  },
  13: {
    what: 'the disk is full',
    remedy: 'Free some space and resume the run: everything stored so far is kept.',
  },
  14: {
    what: 'the store cannot be opened',
    remedy: 'Check that the .touchstone folder exists and can be written.',
  },
  [NOT_A_DATABASE]: {
    what: 'the store is not a database',
    remedy: 'Move the file away to begin a new store; it has been left as it was.',
  },
};

const PERMISSIONS = 'Check the permissions of the folder.';
const SPACE = 'Free some space, then try again.';

const SYSTEM: { [code: string]: Known } = {
  EACCES: { what: 'the folder of the store cannot be written', remedy: PERMISSIONS },
  EPERM: { what: 'the folder of the store cannot be written', remedy: PERMISSIONS },
  EROFS: {
    what: 'the file system is read-only, so no store can be made',
    remedy: 'Copy the workspace to a folder that can be written to.',
  },
  ENOSPC: { what: 'the disk is full', remedy: SPACE },
  EDQUOT: { what: 'the disk quota is used up', remedy: SPACE },
  EFBIG: { what: 'the store may not grow any further', remedy: SPACE },
  EIO: { what: 'reading or writing the store failed', remedy: 'Check the disk.' },
  ENOENT: {
    what: 'the folder of the store cannot be made',
    remedy: 'Check that the workspace exists and can be written to.',
  },
  ENOTDIR: {
    what: 'a file stands where the folder of the store belongs',
    remedy: 'Move it away, then try again.',
  },
  EEXIST: {
    what: 'a file stands where the folder of the store belongs',
    remedy: 'Move it away, then try again.',
  },
  EMFILE: { what: 'too many files are open', remedy: 'Raise the limit with ulimit -n, then try again.' },
  ENFILE: { what: 'too many files are open', remedy: 'Close some programs, then try again.' },
  ENAMETOOLONG: {
    what: 'the path of the store is too long',
    remedy: 'Move the workspace to a shorter path.',
  },
};

function translate(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error;

  const code = sqliteCode(error);
  const ofStore = code === undefined ? undefined : SQLITE[code];
  if (ofStore) {
    return new StoreError(`${ofStore.what} (${error.message})`, {
      where: { path: file },
      remedy: ofStore.remedy,
      cause: error,
    });
  }

  const system = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const ofFolder = Object.hasOwn(SYSTEM, system) ? SYSTEM[system] : undefined;
  if (!ofFolder) return error;

  return new StoreError(`${ofFolder.what} (${system})`, {
    where: { path: path.dirname(file) },
    remedy: ofFolder.remedy,
    cause: error,
  });
}
