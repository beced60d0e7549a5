import { lstatSync, mkdirSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../errors.ts';

/** Files that SQLite keeps beside a database. */
const SIBLINGS = ['-wal', '-shm', '-journal'] as const;

/** The store's file inside a workspace. */
export function storePath(root: string): string {
  return path.join(root, '.touchstone', 'touchstone.db');
}

/**
 * Makes the store's folder where it is missing. It is local state: it ignores itself, so that it never lands in
 * the person's repository.
 */
export function makeFolder(folder: string): void {
  if (!entryOf(folder)) makeOne(folder);
  const ignore = path.join(folder, '.gitignore');
  try {
    // Never through a link: the file is made here or not at all.
    writeFileSync(ignore, '*\n', { flag: 'wx' });
  } catch (error) {
    if (isCode(error, 'EEXIST')) return;
    // A full disk leaves an empty one behind, which would ignore nothing.
    rmSync(ignore, { force: true });
    throw error;
  }
}

/**
 * A workspace may come from anywhere: a link in it must not lead what is written to a file of the person's.
 * Throws StoreError when the folder, the file, or a file that SQLite keeps beside it is a link, or has a second name.
 */
export function refuseLinks(file: string): void {
  const folder = path.dirname(file);
  if (entryOf(folder)?.isSymbolicLink()) throw linked(folder, 'the folder of the store is a link');
  for (const each of [file, ...SIBLINGS.map((ending) => `${file}${ending}`)]) {
    const entry = entryOf(each);
    if (!entry) continue;
    if (entry.isSymbolicLink()) throw linked(each, 'the store is a link');
    if (!entry.isFile()) throw linked(each, 'the store is not a file');
    if (entry.nlink > 1) throw linked(each, 'the store has a second name elsewhere (a hard link)');
  }
}

/** Undefined where there is nothing. */
export function entryOf(file: string): Stats | undefined {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    // Below a file, Node 22.13 throws.
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Not recursive: that would say "no such folder" of a file system that is read-only. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isCode(error, 'EEXIST') || !entryOf(folder)?.isDirectory()) throw error;
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function linked(file: string, what: string): StoreError {
  return new StoreError(`${what}, so it is not opened`, {
    where: { path: file },
    remedy: 'Check where it leads, and remove it. Touchstone then begins a new store.',
  });
}
