import type { Stats } from 'node:fs';
import { entryAt } from './entryAt.ts';
import { openError } from './readText.ts';

/**
 * The entry at a path; undefined if there is none. Throws FileError if that cannot be determined: link cycles, names
 * that are too long, folders without permission.
 */
export function statPath(absolute: string, shownAs: string): Stats | undefined {
  try {
    return entryAt(absolute);
  } catch (error) {
    throw openError(error, shownAs);
  }
}
