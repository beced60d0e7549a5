import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * Creates a folder and its parents. Node's recursive mkdir never returns if a parent exists in which nothing can be
 * created (/proc), and reports "no such folder" for a read-only file system. Throws what mkdir throws.
 */
export function makeFolders(folder: string): void {
  const missing: string[] = [];
  let at = path.resolve(folder);
  while (!statSync(at, { throwIfNoEntry: false })?.isDirectory()) {
    missing.push(at);
    const parent = path.dirname(at);
    if (parent === at) break;
    at = parent;
  }
  for (const each of missing.reverse()) makeOne(each);
}

/** Another process may make it at the same time. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const exists = statSync(folder, { throwIfNoEntry: false })?.isDirectory();
    if (!exists) throw error;
  }
}
