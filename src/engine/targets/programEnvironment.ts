import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a program that runs in `cwd` takes from there and is not in its hash: variables in files, and packages. */
export function programEnvironment(cwd: string, root: string): { [name: string]: string } {
  return { ...installedPackages(root), ...installedPackages(cwd), ...variableFiles(cwd) };
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
