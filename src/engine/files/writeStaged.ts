import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from '../ports.ts';
import { writeError } from './writeAtomic.ts';

/**
 * Writes a file in pieces, but replaces the target in one step once `produce` has returned. If it throws, nothing is
 * left behind. `path` must be resolved (a symbolic link would be replaced); `shownAs` appears in messages. Throws
 * FileError if the file cannot be written.
 */
export async function writeStaged<T>(
  target: { path: string; shownAs: string; random: Random },
  produce: (write: (text: string) => void) => Promise<T>,
): Promise<T> {
  const { path, shownAs, random } = target;
  const staged = join(dirname(path), `.${basename(path)}.${random.hex(6)}.tmp`);
  try {
    const file = openSync(staged, 'wx');
    let result: T;
    try {
      result = await produce((text) => writeAll(file, text));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(staged, path);
    return result;
  } catch (error) {
    rmSync(staged, { force: true });
    throw writeError(error, shownAs);
  }
}

function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
