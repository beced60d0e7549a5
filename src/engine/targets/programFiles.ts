import { hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const CODE = /\.(?:[cm]?[jt]sx?|py|rb|php|pl|lua|sh|bash|ps1|r|jl|ex|exs)$/i;
const SKIPPED = /^(?:\..*|node_modules|__pycache__|venv|site-packages)$/;
const MAX_FILES = 500;
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * Hashes of the code that a command runs, as far as it can be told from its arguments: each argument that
 * names a file under `cwd`, and the code files of that file's folder unless it is `cwd` itself.
 * Editing the agent therefore changes the target's hash. Data files and installed packages do not count.
 * Returns path (relative to `cwd`, with `/`) → SHA-256, in the order of the paths.
 */
export function programFiles(command: readonly string[], cwd: string): { [path: string]: string } {
  const found = new Set<string>();
  for (const argument of command) {
    const file = path.resolve(cwd, argument);
    if (!isInside(cwd, file) || !isFile(file)) continue;
    found.add(file);
    if (path.dirname(file) !== path.resolve(cwd)) collectCode(path.dirname(file), found);
  }
  return Object.fromEntries(
    [...found].sort().map((file) => [path.relative(cwd, file).replaceAll(path.sep, '/'), hashFile(file)]),
  );
}

function collectCode(folder: string, found: Set<string>): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (found.size >= MAX_FILES || SKIPPED.test(entry.name)) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) collectCode(file, found);
    else if (entry.isFile() && CODE.test(entry.name)) found.add(file);
  }
}

function hashFile(file: string): string {
  try {
    const { size } = statSync(file);
    return size > MAX_BYTES ? `${size} bytes` : hash('sha256', readFileSync(file), 'hex');
  } catch {
    // A file that cannot be read here says nothing; whether the agent can read it shows when it runs.
    return 'unreadable';
  }
}

/** False for whatever is no path at all: an argument may be any text. */
function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
