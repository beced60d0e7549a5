import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import { detectFormat } from '../../prompts/detectFormat.ts';
import { type FileReference, workspacePath } from '../config/fileReference.ts';
import { entriesOf } from '../config/folder.ts';
import type { ForeignFormat } from '../foreignFormat.ts';

/** The files of a workspace that this program understands, sorted by path. */
export interface WorkspaceFiles {
  prompts: FileReference[];
  datasets: FileReference[];
  /** Configurations of the other tool. */
  foreignConfigs: FileReference[];
  /** True when the folder is larger than what is looked at. */
  truncated: boolean;
}

/** Deepest level below the root, and most entries, that are looked at. */
const MAX_DEPTH = 8;
const MAX_ENTRIES = 20_000;
/** As much of a file in `datasets/` as is looked at to tell a golden dataset. */
const HEAD_BYTES = 4096;

const SKIPPED_FOLDERS: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'venv',
  '__pycache__',
  'dist',
  'build',
  'out',
  'target',
  'coverage',
]);

/** Folders whose name begins with a dot are left out, except these, which hold prompts by convention. */
const KEPT_DOT_FOLDERS: ReadonlySet<string> = new Set(['.github', '.claude', '.agents', '.prompts']);

/**
 * Finds prompts, golden datasets and foreign configurations by their file names: prompts as in `detectFormat`,
 * datasets as `*.golden.{yaml,yml,json,jsonl}` and as files in a folder `datasets` that begin with a
 * `schema_version`. Left out are dependencies, build results, folders that begin with a dot and symbolic
 * links; ignore files are not read. At most 8 levels and 20,000 entries are looked at, breadth first.
 */
export async function discoverWorkspace(
  root: string,
  signal: AbortSignal,
  foreign?: ForeignFormat,
): Promise<WorkspaceFiles> {
  const files: WorkspaceFiles = { prompts: [], datasets: [], foreignConfigs: [], truncated: false };
  let level = [root];
  let left = MAX_ENTRIES;
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return sorted({ ...files, truncated: true });

    const next: string[] = [];
    for (const folder of level) {
      signal.throwIfAborted();

      for (const entry of entriesOf(folder)) {
        if (left-- <= 0) return sorted({ ...files, truncated: true });
        const absolute = path.join(folder, entry.name);
        if (entry.isDirectory() && !isSkipped(entry.name)) next.push(absolute);
        else if (entry.isFile()) sort(files, { path: workspacePath(root, absolute), absolute }, foreign);
      }

      // Lets other work and an abort in between: folders are read synchronously, which is much faster.
      await new Promise((resolve) => setImmediate(resolve));
    }

    level = next;
  }

  return sorted(files);
}

function isSkipped(name: string): boolean {
  return SKIPPED_FOLDERS.has(name) || (name.startsWith('.') && !KEPT_DOT_FOLDERS.has(name));
}

function sort(files: WorkspaceFiles, file: FileReference, foreign: ForeignFormat | undefined): void {
  const name = path.posix.basename(file.path);
  if (foreign?.isNamed(name)) files.foreignConfigs.push(file);
  else if (detectFormat(file.path)) files.prompts.push(file);
  else if (isDataset(file, name)) files.datasets.push(file);
}

function isDataset(file: FileReference, name: string): boolean {
  if (/\.golden\.(?:ya?ml|json|jsonl)$/.test(name)) return true;
  const inFolder = path.posix.basename(path.posix.dirname(file.path)) === 'datasets';
  return inFolder && /\.(?:ya?ml|json|jsonl)$/.test(name) && hasSchemaVersion(file.absolute);
}

/** Looks at the beginning only, so that large files cost nothing. */
function hasSchemaVersion(file: string): boolean {
  const head = Buffer.alloc(HEAD_BYTES);
  try {
    const descriptor = openSync(file, 'r');
    try {
      const read = readSync(descriptor, head, 0, HEAD_BYTES, 0);
      return /^[ \t{]*["']?schema_version["']?[ \t]*:/m.test(head.toString('utf8', 0, read));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}

function sorted(files: WorkspaceFiles): WorkspaceFiles {
  const order = (a: FileReference, b: FileReference) => (a.path < b.path ? -1 : 1);
  files.prompts.sort(order);
  files.datasets.sort(order);
  files.foreignConfigs.sort(order);
  return files;
}
