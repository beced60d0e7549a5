import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const made: string[] = [];

/** A temporary folder with the given files, by path; removed when this process ends. */
export function temporaryFolder(files: { [path: string]: string } = {}): string {
  if (made.length === 0) process.once('exit', removeAll);
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'touchstone-')));
  made.push(folder);
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(root: string, files: { [path: string]: string }): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** A test may leave a folder behind that cannot be removed, for example because it is written to. */
function removeAll(): void {
  for (const folder of made) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {}
  }
}
