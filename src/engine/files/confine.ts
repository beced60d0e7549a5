import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { type ErrorPlace, FileError } from '../errors.ts';
import { entryAt } from './entryAt.ts';
import { excerpt } from './text/excerpt.ts';

/**
 * The real absolute path of a file that another file refers to. It may start with `file://`, as in promptfoo. Relative
 * references are resolved against `base` (default: `root`). Symbolic links are followed. Throws FileError if the
 * result is outside `root`, and for URLs, network shares and NUL characters. The file does not have to exist.
 */
export function resolveInside(
  root: string,
  reference: string,
  where: ErrorPlace,
  options: { base?: string } = {},
): string {
  const name = reference.startsWith('file://') ? reference.slice('file://'.length) : reference;
  const refuse = (why: string) =>
    new FileError(`the path '${excerpt(reference, 200)}' ${why}`, {
      where,
      remedy: 'Use a path inside the workspace, relative to its root.',
    });
  if (name.trim() === '') throw refuse('is empty');
  if (name.includes('\0')) throw refuse('contains a NUL character');
  if (/^([\\/]{2}|\\\\)/.test(name)) throw refuse('is a network share');
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) throw refuse('is a URL, not a file');
  if (process.platform !== 'win32' && /^([a-z]:[\\/]|\\)/i.test(name)) throw refuse('is a Windows path');

  const realRoot = realpathSync(root);
  const real = realPath(resolve(options.base ?? root, name), refuse);
  if (!isInside(realRoot, real)) throw refuse('is outside the workspace');

  return real;
}

/** Resolves links; for a missing file those of the nearest folder that exists. */
function realPath(path: string, refuse: (why: string) => FileError): string {
  try {
    return realpathSync(path);
  } catch (error) {
    refuseUnlessMissing(error, refuse);
  }

  try {
    if (isLink(path)) throw refuse('is a symbolic link to a file that does not exist');
  } catch (error) {
    refuseUnlessMissing(error, refuse);
  }

  const parent = dirname(path);
  return parent === path ? path : join(realPath(parent, refuse), basename(path));
}

/** A missing file is reported when it is read. */
function refuseUnlessMissing(error: unknown, refuse: (why: string) => FileError): void {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ELOOP') throw refuse('is a symbolic link to itself');
  if (code === 'ENAMETOOLONG') throw refuse('is too long');
  if (code === 'EACCES' || code === 'EPERM') throw refuse('is in a folder that cannot be read');
  if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
}

function isLink(path: string): boolean {
  return entryAt(path, lstatSync)?.isSymbolicLink() ?? false;
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
