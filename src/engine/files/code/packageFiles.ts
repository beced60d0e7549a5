import path from 'node:path';
import { entryAt } from '../entryAt.ts';

/** Manifests and lock files, which identify the installed packages. */
const NAMES = [
  'package.json',
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.json',
  'deno.lock',
  'tsconfig.json',
  'requirements.txt',
  'pyproject.toml',
  'uv.lock',
  'poetry.lock',
  'Pipfile.lock',
  'setup.py',
  'setup.cfg',
] as const;

/** The ones that apply to a module: in its folder and every folder above it, up to the workspace. */
export function packageFiles(folder: string, root: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = path.dirname(at)) {
    for (const name of NAMES) {
      const file = path.join(at, name);
      if (entryAt(file)?.isFile()) found.push(file);
    }
    if (at === root || at === path.dirname(at)) return found;
  }
}
