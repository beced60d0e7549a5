import { realpathSync } from 'node:fs';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { entryAt } from '../entryAt.ts';
import type { ModuleNeeds } from './moduleNeeds.ts';

/** Static and dynamic imports, exports from another module, `require` and what resolves a name. */
const IMPORT =
  /\b(?:from|import|require(?:\.resolve)?|import\.meta\.resolve)\s*\(?\s*(["'`])((?:(?!\1)[^\\\n]|\\.){1,500})\1/g;
/** A relative path anywhere, such as the file of a worker or a URL next to `import.meta.url`. */
const RELATIVE = /(["'`])(\.\.?\/(?:(?!\1)[^\\\n]|\\.){0,500})\1/g;
/** The import is computed, so anything next to the module may be loaded. */
const COMPUTED = /\b(?:import|require)\s*\(\s*(?!["'`])[^)\s]/;
const CODE = /\.(?:[cm]?[jt]sx?|wasm|node)$/i;
/** In the order in which loaders try them; TypeScript writes the name of the file that it becomes. */
const ENDINGS = ['', '.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx', '.json', '.node', '.wasm'];

/** The modules that a JavaScript or TypeScript file loads, judged by its source; errs on the side of too many. */
export function javascriptImports(file: string, code: string, root: string): ModuleNeeds {
  const folder = path.dirname(file);
  const needs: ModuleNeeds = { files: [], folders: [], packages: false };
  if (COMPUTED.test(code)) needs.folders.push(folder);
  for (const [, , specifier = ''] of code.matchAll(IMPORT)) addSpecifier(specifier, folder, root, needs);
  for (const [, , specifier = ''] of code.matchAll(RELATIVE)) {
    const computed = specifier.indexOf('${');
    if (computed >= 0)
      needs.folders.push(path.resolve(folder, path.dirname(`${specifier.slice(0, computed)}x`)));
    else
      needs.files.push(...resolveModule(path.resolve(folder, specifier)).filter((each) => CODE.test(each)));
  }
  return needs;
}

function addSpecifier(specifier: string, folder: string, root: string, needs: ModuleNeeds): void {
  const name = specifier.replace(/^file:\/\//, '').replace(/[?#].*$/, '');
  if (/^\.{0,2}\//.test(name) || name === '.' || name === '..' || path.isAbsolute(name)) {
    needs.files.push(...resolveModule(path.resolve(folder, name)));
    return;
  }
  if (specifier.startsWith('node:') || builtinModules.includes(name)) return;
  needs.packages = true;
  // `#name` is mapped by the package's own manifest: to any of its files.
  if (specifier.startsWith('#')) needs.folders.push(manifestFolder(folder, root));
  const linked = linkedPackage(name, folder, root);
  if (linked !== undefined) needs.folders.push(linked);
}

/** The files that any module loader could resolve a path to; empty if there is none. */
function resolveModule(target: string): string[] {
  const bare = target.replace(/\.([cm]?)jsx?$/, '');
  const candidates = [
    ...ENDINGS.map((ending) => `${target}${ending}`),
    ...ENDINGS.slice(1).map((ending) => `${bare}${ending}`),
    ...ENDINGS.slice(1).map((ending) => path.join(target, `index${ending}`)),
    path.join(target, 'package.json'),
  ];
  return candidates.filter((each) => entryAt(each)?.isFile());
}

/** The folder of a package of the same workspace, which `node_modules` only links to. */
function linkedPackage(specifier: string, folder: string, root: string): string | undefined {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  for (let at = folder; ; at = path.dirname(at)) {
    const real = realFolder(path.join(at, 'node_modules', name));
    if (real !== undefined) {
      const isOurs = !real.split(path.sep).includes('node_modules');
      return isOurs ? path.join(root, path.relative(realFolder(root) ?? root, real)) : undefined;
    }
    if (at === root || at === path.dirname(at)) return undefined;
  }
}

function manifestFolder(folder: string, root: string): string {
  for (let at = folder; ; at = path.dirname(at)) {
    const found = entryAt(path.join(at, 'package.json'));
    if (found || at === root || at === path.dirname(at)) return at;
  }
}

function realFolder(folder: string): string | undefined {
  try {
    return realpathSync(folder);
  } catch {
    return undefined;
  }
}
