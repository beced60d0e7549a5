import type { Stats } from 'node:fs';
import { entryAt } from './entryAt.ts';
import { openError } from './readText.ts';

/**
 * What stands at a path, undefined where nothing does. Throws FileError where that cannot be told: links in a circle, a
 * name that is too long, a folder that may not be entered.
 */
export function statPath(absolute: string, shownAs: string): Stats | undefined {
  try {
    return entryAt(absolute);
  } catch (error) {
    throw openError(error, shownAs);
  }
}
