import { createHash, hash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { javascriptImports } from './javascriptImports.ts';
import { literalsOf } from './literals.ts';
import type { ModuleNeeds } from './moduleNeeds.ts';
import { packageFiles } from './packageFiles.ts';
import { projectFolder } from './projectFolder.ts';
import { pythonImports } from './pythonImports.ts';

const JAVASCRIPT = /\.[cm]?[jt]sx?$/i;
const PYTHON = /\.py$/i;
const CODE = /\.(?:[cm]?[jt]sx?|py|rb|php|pl|lua|sh|bash|ps1|r|jl|exs?|go|rs|java|kts?|cs|fsx?|wasm|node)$/i;
const SKIPPED = /^(?:\..*|node_modules|__pycache__|venv|site-packages)$/;
/** In bytes. Larger files are not source code: they are hashed, but not searched for imports. */
const MAX_BYTES = 4 * 1024 * 1024;
const CHUNK_BYTES = 1024 * 1024;
/** Far more than a program has. Beyond, the rest counts by its number alone. */
const MAX_FILES = 20_000;

/** Entry points of the program, as absolute paths. */
interface CodeEntries {
  files?: readonly string[];
  /** Any code of theirs may be loaded. */
  folders?: readonly string[];
  /** Code embedded in a configuration, treated as if it were that file. */
  texts?: readonly { file: string; text: string }[];
}

/**
 * Hashes of the given files and of all code that they may load: imports of every kind, with what these import, code
 * that they name, folders that they load from, and the manifest and lock file of the packages that they need. All of it
 * counts that lies in the repository of `root`; installed packages themselves do not. Returns path (relative to `root`,
 * with `/`) → SHA-256.
 */
export function codeFiles(
  { files = [], folders = [], texts = [] }: CodeEntries,
  root: string,
  { cwd = root }: { cwd?: string } = {},
): { [path: string]: string } {
  const project = projectFolder(root);
  const found = new Map<string, string>();
  const collected = new Set<string>();
  const entries = new Set(files);
  const queue = [...files];

  const follow = (file: string, text: string): void => {
    const needs = needsOf(file, text, { root: project, cwd });
    queue.push(...needs.files);
    if (needs.packages) queue.push(...packageFiles(path.dirname(file), project));
    for (const folder of needs.folders) collect(folder);
  };

  const collect = (folder: string): void => {
    if (collected.has(folder) || (folder !== project && !isInside(project, folder))) return;
    collected.add(folder);
    collectCode(folder, queue);
  };

  for (const folder of folders) collect(folder);
  for (const { file, text } of texts) follow(file, text);
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file) || found.size >= MAX_FILES) continue;
    // What a program is started with counts wherever it lies.
    if (!entries.has(file) && !isInside(project, file)) continue;
    const bytes = readCode(file);
    found.set(file, typeof bytes === 'string' ? bytes : hash('sha256', bytes, 'hex'));
    if (typeof bytes !== 'string' && isSource(file)) follow(file, bytes.toString('utf8'));
  }

  const shown = [...found].map(([file, digest]): [string, string] => [
    path.relative(root, file).replaceAll(path.sep, '/'),
    digest,
  ]);

  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function needsOf(file: string, text: string, where: { root: string; cwd: string }): ModuleNeeds {
  const folder = path.dirname(file);
  const named = literalsOf(text)
    .filter((literal) => CODE.test(literal))
    .flatMap((literal) => [path.resolve(folder, literal), path.resolve(where.cwd, literal)])
    .filter(isFile);

  const none: ModuleNeeds = { files: [], folders: [], packages: false };
  const imported = JAVASCRIPT.test(file)
    ? javascriptImports(file, text, where.root)
    : PYTHON.test(file)
      ? pythonImports(file, text, where)
      : none;

  return { ...imported, files: [...imported.files, ...named] };
}

/** Adds the code files of a folder and of those below it. */
function collectCode(folder: string, found: string[]): void {
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined && found.length < MAX_FILES; at = folders.pop())
    for (const entry of entriesOf(at)) {
      if (SKIPPED.test(entry.name)) continue;
      const file = path.join(at, entry.name);
      if (entry.isDirectory()) folders.push(file);
      else if (CODE.test(entry.name) && isFile(file)) found.push(file);
    }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** An unreadable file is not an error here; the program reports it when it runs. */
function readCode(file: string): Buffer | string {
  try {
    const entry = statSync(file);
    if (!entry.isFile()) return 'no file';
    return entry.size > MAX_BYTES ? hashOf(file) : readFileSync(file);
  } catch {
    return 'unreadable';
  }
}

/** A program that was compiled may have the same size again. */
function hashOf(file: string): string {
  const sum = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    for (let read = readSync(descriptor, chunk); read > 0; read = readSync(descriptor, chunk))
      sum.update(chunk.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return sum.digest('hex');
}

function isSource(file: string): boolean {
  return CODE.test(file) && !/\.(?:wasm|node)$/i.test(file);
}

/** False for strings that are not paths. */
export function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

export function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
