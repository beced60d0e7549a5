import { realpathSync } from 'node:fs';
import path from 'node:path';

/** File systems that take `A.yaml` and `a.yaml` for one file. */
const FOLDS_CASE = process.platform === 'win32' || process.platform === 'darwin';

/**
 * Whether two absolute paths name one file: by way of links, with other separators, or in another case where the
 * file system does not tell them apart. A path to nothing equals itself alone.
 */
export function samePath(a: string, b: string): boolean {
  return a === b || spelled(a) === spelled(b) || spelled(real(a)) === spelled(real(b));
}

/** Whether a file of the workspace (relative to `root`) is the file at an absolute path. */
export function isFileAt(root: string, file: string, absolute: string): boolean {
  return samePath(path.resolve(root, file), absolute);
}

function spelled(file: string): string {
  const plain = path.normalize(file);
  return FOLDS_CASE ? plain.toLowerCase() : plain;
}

function real(file: string): string {
  try {
    return realpathSync.native(file);
  } catch {
    return file;
  }
}
