import { existsSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { isInside } from '../../files/code/codeFiles.ts';
import { projectFolder } from '../../files/code/projectFolder.ts';

interface Place {
  cwd: string;
  root: string;
  /** The PATH in which the program is looked for. */
  search: string;
}

/**
 * What a program that runs in `cwd` takes from there and is not in its hash: variables in files, packages, and the
 * program itself where it is none of the workspace's files.
 */
export function programEnvironment(
  program: string,
  { cwd, root, search }: Place,
): { [name: string]: string } {
  return {
    ...installedPackages(root),
    ...installedPackages(cwd),
    ...variableFiles(cwd),
    ...installedProgram(program, { cwd, root, search }),
  };
}

/** A longer one is known by its size and time. In bytes. */
const MOST_READ = 1024 * 1024;

/** Where a program lies, and what distinguishes it from another version: `/usr/bin/agent` → text. */
function installedProgram(program: string, { cwd, root, search }: Place): { [name: string]: string } {
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat'] : [''];
  const folders = /[\\/]/.test(program) ? [cwd] : search.split(path.delimiter);
  for (const folder of folders)
    for (const ending of endings) {
      const file = path.resolve(cwd, folder, `${program}${ending}`);
      const entry = statOf(file);
      if (!entry?.isFile()) continue;
      // A file of the workspace is in the hash (programFiles.ts).
      if (isInside(projectFolder(root), file)) return {};
      const content = entry.size > MOST_READ ? `${entry.size} ${entry.mtimeMs}` : textOf(file);
      return { [`the program ${program}`]: `${file} ${content}` };
    }
  return {};
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const NAME = /^\.env(?:\.(?!example$|sample$|template$)[\w.-]+)?$/;

/** What npm, pnpm and Yarn write down about the packages that they installed. */
const INSTALLED = ['.package-lock.json', '.modules.yaml', '.yarn-state.yml'];

/** The packages that are installed in a folder, as far as their installer tells: `node_modules/` → text. */
function installedPackages(folder: string): { [name: string]: string } {
  const state = INSTALLED.map((name) => path.join(folder, 'node_modules', name)).find((file) =>
    existsSync(file),
  );
  return state === undefined ? {} : { 'node_modules/': textOf(state) };
}

/** Files that programs read their variables from (`.env`, `.env.local` …), in the folder they run in: name → text. */
function variableFiles(folder: string): { [name: string]: string } {
  return Object.fromEntries(
    namesIn(folder)
      .filter((name) => NAME.test(name))
      .map((name) => [name, textOf(path.join(folder, name))]),
  );
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Whether the folder is there shows when the program is started.
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return 'unreadable';
  }
}
