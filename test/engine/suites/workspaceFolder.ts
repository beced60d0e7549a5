import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A temporary folder with the given files, by path; removed after the suite of tests that made it. */
export function workspaceFolder(files: { [path: string]: string }): string {
  const root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'touchstone-suites-')));
  writeFiles(root, files);
  made.push(root);
  return root;
}

export function writeFiles(root: string, files: { [path: string]: string }): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

const made: string[] = [];

after(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});
