import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { entryOf } from '../storeFile.ts';

/**
 * The key of this store's digests, in a file of its own that only this person reads: whoever gets hold of the store
 * alone cannot try out values. Made with `make` where it is missing.
 */
export function storeKey(folder: string, make: () => string): string {
  const file = path.join(folder, 'key');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const entry = entryOf(file);
    if (entry?.isFile() && entry.nlink === 1 && entry.size >= 32) return readFileSync(file, 'utf8');
    if (entry) break;
    try {
      writeFileSync(file, make(), { flag: 'wx', mode: 0o600 });
    } catch {
      // Another process was quicker, or nothing can be written: then digests hold for this process alone.
    }
  }
  return make();
}
