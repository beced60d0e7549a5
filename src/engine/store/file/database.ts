import { rmSync, type Stats } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StoreError } from '../../errors.ts';
import { entryOf, makeFolder, refuseLinks } from '../storeFile.ts';
import { keepCopy } from './keptCopy.ts';
import { matchesVersion } from './storeColumns.ts';
import { BUSY, CORRUPT, guard, NOT_A_DATABASE, sqliteCode } from './storeErrors.ts';
import { type StoreFormat, versionOf } from './storeFormat.ts';
import { migrate, type Upgrade } from './storeUpgrade.ts';

/** How long a statement waits for another process before it gives up, in milliseconds. */
const BUSY_TIMEOUT_MS = 10_000;
/** Between two attempts where SQLite does not wait by itself, in milliseconds. */
const RETRY_MS = 10;

/** A store that passes with its connection. */
export const MEMORY = ':memory:';

export interface OpenedStore {
  database: DatabaseSync;
  /** Where it was of an earlier version. */
  upgrade?: Upgrade;
}

/**
 * Opens the store at `file`, and creates it where it is missing; one of an earlier version is upgraded, and kept as it
 * was beside it. Throws StoreError when it is a link, is not ours, is not a database, is damaged, or was written by a
 * newer version; the file is then left as it was.
 */
export function openForWriting(file: string, format: StoreFormat): OpenedStore {
  return guard(file, () => {
    if (file !== MEMORY) {
      refuseLinks(file);
      makeFolder(path.dirname(file));
      patiently(() => look(file, format));
    }

    const database = new DatabaseSync(file);
    try {
      waitWhereBusy(database);
      const upgrade = initialise(database, file, format);
      return upgrade ? { database, upgrade } : { database };
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

/**
 * Opens the store at `file` to be read: nothing is written or created. A store that is missing reads as an empty
 * one. Throws StoreError as `openForWriting` does.
 */
export function openForReading(file: string, format: StoreFormat): DatabaseSync {
  return guard(file, () => {
    refuseLinks(file);
    return patiently(() => look(file, format)) === 0
      ? openForWriting(MEMORY, format).database
      : connectReadOnly(file);
  });
}

/** Whether another process has the store open, or was killed while it had: then SQLite must read its log as well. */
export function hasLog(file: string): boolean {
  return (entryOf(`${file}-wal`)?.size ?? 0) > 0;
}

function connectReadOnly(file: string): DatabaseSync {
  const database = new DatabaseSync(opensAddresses() ? readOnlyAddress(file) : file, { readOnly: true });
  waitWhereBusy(database);
  return database;
}

/** From Node 22.15 on, which brought `isOpen` as well. Before, a store that is only read is left with an empty log. */
function opensAddresses(): boolean {
  return 'isOpen' in new DatabaseSync(MEMORY, { open: false });
}

/** Without a log, SQLite is told that nobody writes: it would leave files behind otherwise. */
function readOnlyAddress(file: string): URL {
  const url = pathToFileURL(file);
  if (!hasLog(file)) url.searchParams.set('immutable', '1');
  return url;
}

/** The version of the store, 0 where there is none yet; it is only read. Throws StoreError when it is not ours. */
function look(file: string, format: StoreFormat): number {
  const seen = entryOf(file);
  if ((seen?.size ?? 0) === 0) return 0;

  const hadLog = hasLog(file);
  const database = connectReadOnly(file);
  try {
    // One snapshot: the answers of single statements may be of different moments.
    database.exec('BEGIN');
    return checkedVersion(database, file, format);
  } catch (error) {
    // What another process is writing at this moment may look like anything.
    const code = sqliteCode(error);
    const unreadable = code === CORRUPT || code === NOT_A_DATABASE;
    const refused = unreadable || error instanceof StoreError;
    if (unreadable && hasLog(file)) throw new Retry(error);
    if (refused && !hadLog && (hasLog(file) || isWritten(file, seen))) throw new Retry(error);

    throw error;
  } finally {
    database.close();
  }
}

/** Whether the file was written since it was `seen`. */
function isWritten(file: string, seen: Stats | undefined): boolean {
  const now = entryOf(file);
  return now?.size !== seen?.size || now?.mtimeMs !== seen?.mtimeMs;
}

function checkedVersion(database: DatabaseSync, file: string, format: StoreFormat): number {
  const { applicationId, unmarked } = format;
  const version = pragma(database, 'user_version');
  const application = pragma(database, 'application_id');
  const tables = tablesOf(database);
  const isEmpty = application === 0 && version === 0 && tables.length === 0;
  const isUnmarked = application === 0 && unmarked?.version === version && isSame(tables, unmarked.tables);
  const isMarked = application === applicationId && version > 0;
  const isNewer = version > versionOf(format) && (isMarked || (application === 0 && tables.length === 0));
  if (isNewer) throw newer(version, file, format);
  if (isMarked && !matchesVersion(database, format, version)) throw altered(version, file, format);
  if (isEmpty || isUnmarked || isMarked) return version;
  throw new StoreError(`this is a database of another program, not the ${format.name} of Touchstone`, {
    where: { path: file },
    remedy: 'Move the file away to begin a new store; it has been left as it was.',
  });
}

function initialise(database: DatabaseSync, file: string, format: StoreFormat): Upgrade | undefined {
  // Counts for a new file only. Bodies are long: fewer, larger pages are written faster.
  database.exec('PRAGMA page_size = 16384;');
  if (format.shrinks) database.exec('PRAGMA auto_vacuum = INCREMENTAL');
  turnOnLog(database);
  database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
  if (format.cacheKib !== undefined) database.exec(`PRAGMA cache_size = -${format.cacheKib}`);
  if (pragma(database, 'user_version') === versionOf(format)) return undefined;
  return upgraded(database, file, format);
}

function upgraded(database: DatabaseSync, file: string, format: StoreFormat): Upgrade | undefined {
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have created the tables while this one waited for the lock.
    const from = checkedVersion(database, file, format);
    const to = versionOf(format);
    const copy = from < to ? migratedWithCopy(database, { file, format, from }) : undefined;
    database.exec('COMMIT');
    return copy === undefined ? undefined : { name: format.name, from, to, copy };
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Undoes what is under way, where a full disk has not ended it already. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Only Node 22.16 tells beforehand whether there is a transaction.
  }
}

/** As a statement: the option of the constructor is not known before Node 22.16, and ignored. */
function waitWhereBusy(database: DatabaseSync): void {
  database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
}

/** Returns the path of the copy; a file that was empty needs none. */
function migratedWithCopy(
  database: DatabaseSync,
  { file, format, from }: { file: string; format: StoreFormat; from: number },
): string | undefined {
  const copy = from === 0 ? undefined : keepCopy(file, from);
  try {
    migrate(database, format, from);
    return copy;
  } catch (error) {
    // The store stays as it was, so its copy is of no use; attempts that fail must not fill the disk.
    if (copy !== undefined) rmSync(copy, { force: true });
    throw error;
  }
}

/** SQLite does not wait for other processes while it changes the journal mode. */
function turnOnLog(database: DatabaseSync): void {
  database.exec('PRAGMA busy_timeout = 0');
  patiently(() => database.exec('PRAGMA journal_mode = WAL'));
  waitWhereBusy(database);
}

class Retry extends Error {
  constructor(cause: unknown) {
    super('the store is being written', { cause });
  }
}

/** Tries again until the time that any statement waits is over. */
function patiently<T>(work: () => T): T {
  for (let left = BUSY_TIMEOUT_MS / RETRY_MS; ; left -= 1) {
    try {
      return work();
    } catch (error) {
      const passes = error instanceof Retry || sqliteCode(error) === BUSY;
      if (!passes || left <= 0) throw error instanceof Retry ? error.cause : error;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
  }
}

function pragma(database: DatabaseSync, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);
}

function tablesOf(database: DatabaseSync): string[] {
  return database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`)
    .all()
    .map((row) => String(row['name']));
}

function isSame(found: readonly string[], expected: readonly string[]): boolean {
  return found.length === expected.length && found.every((name, at) => name === expected[at]);
}

function altered(version: number, file: string, { name }: StoreFormat): StoreError {
  return new StoreError(
    `the ${name} is marked as format ${version}, but its tables are not those of that format`,
    {
      where: { path: file },
      remedy:
        'Put back a copy of it, or move the file away to begin a new store; it has been left as it was.',
    },
  );
}

function newer(version: number, file: string, format: StoreFormat): StoreError {
  return new StoreError(
    `the ${format.name} was written by a newer version of Touchstone (format ${version}, this one reads ${versionOf(format)})`,
    { where: { path: file }, remedy: 'Update Touchstone, or move the file away to begin a new store.' },
  );
}
