import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { storePath } from '../../src/engine/store/storeFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'stores');

/**
 * A workspace with the store that a program of that format made: an evaluation of 12 trials, one whose outputs were judged
 * again, a comparison, and a run that was interrupted after an error.
 */
export function storedWorkspace(version: number): { folder: string; file: string } {
  const folder = temporaryFolder();
  cpSync(path.join(fixtures, 'workspace'), folder, { recursive: true });
  const file = storePath(folder);
  mkdirSync(path.dirname(file));
  writeFileSync(file, gunzipSync(readFileSync(path.join(fixtures, `v${version}.db.gz`))));
  return { folder, file };
}
