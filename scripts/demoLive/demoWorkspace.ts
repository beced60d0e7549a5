import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const SAMPLE = path.join(import.meta.dirname, '..', '..', 'datasets');

/** The sample workspace with what live quality is configured by, copied into a folder of its own. Returns the folder. */
export function createDemoWorkspace(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'touchstone-live-'));
  cpSync(SAMPLE, folder, { recursive: true, filter: (file) => path.basename(file) !== '.touchstone' });
  prepareDemoWorkspace(folder);
  return folder;
}

/** Adds monitors and alerts to the configuration of a folder that has the sample workspace. */
export function prepareDemoWorkspace(folder: string): void {
  const live = readFileSync(path.join(SAMPLE, 'agent-live', 'live.yaml'), 'utf8');
  const file = path.join(folder, 'touchstone.yaml');
  const before = readFileSync(file, 'utf8');
  if (!before.includes(live)) writeFileSync(file, `${before.trimEnd()}\n\n${live}`);
}
