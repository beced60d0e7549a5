import path from 'node:path';
import { entryAt } from '../entryAt.ts';
import type { ModuleNeeds } from './moduleNeeds.ts';

const IMPORT = /^[ \t]*import[ \t]+([^\n#]+)/gm;
const FROM = /^[ \t]*from[ \t]+(\.*)[ \t]*([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n#]+)/gm;
/** `importlib.import_module('a.b')`, `__import__('a')`, `runpy.run_module('a')`. */
const BY_NAME = /\b(?:import_module|__import__|run_module)\s*\(\s*(["'])(\.*)([\w.]+)\1/g;
/** The import or its search path is computed, so anything next to the module may be loaded. */
const COMPUTED =
  /\b(?:import_module|__import__|run_module|run_path|exec|spec_from_file_location)\s*\(\s*(?!["'])[^)\s]|\bsys\.path\b|\bpkgutil\./;

/** The modules that a Python file loads, judged by its source; errs on the side of too many. */
export function pythonImports(
  file: string,
  code: string,
  { root, cwd }: { root: string; cwd: string },
): ModuleNeeds {
  const folder = path.dirname(file);
  const joined = code.replace(/\\\r?\n/g, ' ').replace(/;[ \t]*(?=(?:import|from)\b)/g, '\n');
  const needs: ModuleNeeds = { files: [], folders: COMPUTED.test(code) ? [folder] : [], packages: false };

  const add = (dots: string, name: string): void => {
    const bases = dots === '' ? [folder, ...parents(folder, root), cwd] : [ancestor(folder, dots.length - 1)];
    const found = bases.flatMap((base) => moduleFiles(base, name));
    if (found.length === 0) needs.packages = true;
    needs.files.push(...found);
  };

  for (const [, names = ''] of joined.matchAll(IMPORT))
    for (const name of names.split(',')) add('', nameOf(name));
  for (const [, dots = '', from = '', names = ''] of joined.matchAll(FROM)) {
    if (from !== '') add(dots, from);
    for (const name of names.replace(/[()]/g, '').split(',')) {
      const each = nameOf(name);
      if (each === '*') needs.folders.push(...packageFolders(dots, from, folder, root, cwd));
      else if (each !== '') needs.files.push(...submodules(dots, from, each, folder, root, cwd));
    }
  }

  for (const [, , dots = '', name = ''] of joined.matchAll(BY_NAME)) add(dots, name);
  return needs;
}

/** `a.b as c` → `a.b` */
function nameOf(text: string): string {
  return text.trim().split(/\s+/)[0] ?? '';
}

/** `from a import b`: b is a name in a, or a module. */
function submodules(
  dots: string,
  from: string,
  name: string,
  folder: string,
  root: string,
  cwd: string,
): string[] {
  const whole = from === '' ? name : `${from}.${name}`;
  const bases = dots === '' ? [folder, ...parents(folder, root), cwd] : [ancestor(folder, dots.length - 1)];
  return bases.flatMap((base) => moduleFiles(base, whole));
}

/** `from a import *` may load any module of the package a. */
function packageFolders(dots: string, from: string, folder: string, root: string, cwd: string): string[] {
  const bases = dots === '' ? [folder, ...parents(folder, root), cwd] : [ancestor(folder, dots.length - 1)];
  return bases
    .map((base) => path.join(base, ...from.split('.')))
    .filter((each) => each !== root && entryAt(each)?.isDirectory());
}

/** `a.b` below a folder: `a/__init__.py`, `a/b.py`, `a/b/__init__.py`, if they exist. */
function moduleFiles(base: string, name: string): string[] {
  const parts = name.split('.').filter((part) => part !== '');
  return parts.flatMap((_, at) => {
    const way = path.join(base, ...parts.slice(0, at + 1));
    return [`${way}.py`, path.join(way, '__init__.py'), path.join(way, '__main__.py'), `${way}.pyi`].filter(
      (each) => entryAt(each)?.isFile(),
    );
  });
}

/** Parent folders up to the workspace; the program may have been started in any of them. */
function parents(folder: string, root: string): string[] {
  const found: string[] = [];
  for (let at = folder; at !== root && at !== path.dirname(at); ) {
    at = path.dirname(at);
    found.push(at);
  }
  return found;
}

function ancestor(folder: string, levels: number): string {
  return path.resolve(folder, ...Array.from({ length: levels }, () => '..'));
}
