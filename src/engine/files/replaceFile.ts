import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Random } from '../ports.ts';

/**
 * Replaces a file in one step, once its text is on the disk: readers see the old text or the new one, never a part. A link in its place would be
 * replaced. `mode`: who may read and write it. Throws what the file system throws; the old text is then unchanged.
 */
export function replaceFile(path: string, text: string, mode: number, random: Random): void {
  const temporary = join(dirname(path), `.${basename(path)}.${random.hex(6)}.tmp`);
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
