import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { entryOf } from '../storeFile.ts';

/**
 * Copies the store beside itself, with all that its log holds, before it is changed; returns the path. Nothing that
 * is there already is replaced. The caller keeps others from writing meanwhile.
 */
export function keepCopy(file: string, version: number): string {
  const unfinished = `${file}.copying`;
  // What a process left that was killed here, or a link that must not be followed.
  rmSync(unfinished, { force: true });

  try {
    closeSync(openSync(unfinished, 'wx', 0o600));
    copyInto(unfinished, file);
    sync(unfinished, 'r+');
    const copy = freeName(file, version);
    renameSync(unfinished, copy);
    // A folder cannot be opened on Windows, and needs no sync there.
    if (process.platform !== 'win32') sync(path.dirname(file), 'r');

    return copy;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function copyInto(copy: string, file: string): void {
  const reader = new DatabaseSync(file, { readOnly: true });
  try {
    reader.prepare('VACUUM INTO ?').run(copy);
  } finally {
    reader.close();
  }
}

/** `touchstone.v3.db`, or `touchstone.v3-2.db` where there is one already. */
function freeName(file: string, version: number): string {
  const { dir, name, ext } = path.parse(file);
  for (let count = 1; ; count += 1) {
    const copy = path.join(dir, `${name}.v${version}${count === 1 ? '' : `-${count}`}${ext}`);
    if (!entryOf(copy)) return copy;
  }
}

function sync(file: string, flags: 'r' | 'r+'): void {
  const descriptor = openSync(file, flags);
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
