import { type lstatSync, type Stats, statSync } from 'node:fs';

/** What is at a path; undefined where nothing is, also below a file, for which Node 22.13 throws. */
export function entryAt(
  path: string,
  stat: typeof statSync | typeof lstatSync = statSync,
): Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return undefined;
    throw error;
  }
}
