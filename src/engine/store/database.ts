import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../errors.ts';
import { SCHEMA_VERSION, TABLES } from './schema.ts';

/** How long a statement waits for another process before it gives up, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;

/** The store's file inside a workspace. */
export function storePath(root: string): string {
  return path.join(root, '.touchstone', 'touchstone.db');
}

/**
 * Opens the store at `file` (`:memory:` for a passing one), and creates it where it is missing.
 * Throws StoreError when it is not a database, is damaged, or was written by a newer version; the file is
 * then left as it was.
 */
export function openDatabase(file: string): DatabaseSync {
  return guard(file, () => {
    if (file !== ':memory:') prepareFolder(path.dirname(file));
    const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      initialise(database, file);
    } catch (error) {
      database.close();
      throw error;
    }
    return database;
  });
}

/** Runs a store operation and turns SQLite's own errors into StoreErrors with a remedy. */
export function guard<T>(file: string, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw translate(error, file);
  }
}

/** The folder is local state: it ignores itself, so that it never lands in the person's repository. */
function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const ignore = path.join(folder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}

function initialise(database: DatabaseSync, file: string): void {
  const version = userVersion(database);
  if (version > SCHEMA_VERSION) {
    throw new StoreError(
      `the store was written by a newer version of Touchstone (format ${version}, this one reads ${SCHEMA_VERSION})`,
      { where: { path: file }, remedy: 'Update Touchstone, or move the file away to begin a new store.' },
    );
  }
  // Counts for a new file only. Bodies are long: fewer, larger pages are written faster.
  database.exec('PRAGMA page_size = 16384;');
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  if (version === SCHEMA_VERSION) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have created the tables while this one waited for the lock.
    if (userVersion(database) === 0) database.exec(`${TABLES} PRAGMA user_version = ${SCHEMA_VERSION};`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

function userVersion(database: DatabaseSync): number {
  const row = database.prepare('PRAGMA user_version').get();
  return Number(row?.user_version ?? 0);
}

/** SQLite's primary result codes, https://www.sqlite.org/rescode.html. */
const CODES: { [code: number]: { what: string; remedy: string } } = {
  5: {
    what: 'the store is in use by another process',
    remedy: 'Wait for the other run to end, or stop it, and try again.',
  },
  8: {
    what: 'the store cannot be written',
    remedy: 'Check the permissions of the .touchstone folder.',
  },
  10: {
    what: 'reading or writing the store failed',
    remedy: 'Check the disk. What was stored before is kept; the run can be resumed.',
  },
  11: {
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
  26: {
    what: 'the store is not a database',
    remedy: 'Move the file away to begin a new store; it has been left as it was.',
  },
};

function translate(error: unknown, file: string): unknown {
  if (!(error instanceof Error)) return error;
  const code = (error as { errcode?: unknown }).errcode;
  const known = typeof code === 'number' ? CODES[code & 0xff] : undefined;
  if (known) {
    return new StoreError(`${known.what} (${error.message})`, {
      where: { path: file },
      remedy: known.remedy,
      cause: error,
    });
  }
  const system = (error as NodeJS.ErrnoException).code;
  if (system === 'EACCES' || system === 'EROFS' || system === 'ENOSPC' || system === 'EPERM') {
    return new StoreError(`the store's folder cannot be written (${system})`, {
      where: { path: path.dirname(file) },
      remedy: system === 'ENOSPC' ? 'Free some space.' : 'Check the permissions of the folder.',
      cause: error,
    });
  }
  return error;
}
