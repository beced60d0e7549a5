import path from 'node:path';
import { nearest } from '../../evaluators/options/optionCheck.ts';
import { resolveInside } from '../../files/confine.ts';
import type { Pointer } from '../../files/formats/document.ts';
import { statPath } from '../../files/statPath.ts';
import { attempt, type ConfigReader, placeOf, reportAt } from './configReader.ts';
import { namesIn } from './folder.ts';

/** A file or folder of the workspace that a configuration names, resolved and inside the workspace. */
export interface FileReference {
  /** Relative to the workspace, with `/`. */
  path: string;
  /** On this machine. */
  absolute: string;
}

/**
 * Resolves a reference that stands at `pointer`. Reports one that is outside the workspace, or to
 * nothing, or to the other kind of thing, and returns undefined for it.
 */
export function resolveReference(
  reader: ConfigReader,
  reference: string,
  pointer: Pointer,
  kind: 'file' | 'folder' = 'file',
): FileReference | undefined {
  const absolute = attempt(reader, pointer, 'invalid-path', () =>
    resolveInside(reader.root, reference, placeOf(reader, pointer)),
  );
  if (absolute === undefined) return undefined;

  const found = attempt(reader, pointer, 'invalid-path', () => ({ stats: statPath(absolute, reference) }));
  if (found === undefined) return undefined;
  if (!found.stats) return reportMissing(reader, reference, absolute, pointer, kind);
  if (kind === 'file' ? found.stats.isFile() : found.stats.isDirectory()) {
    return { path: workspacePath(reader.root, absolute), absolute };
  }

  reportAt(reader, pointer, {
    code: 'invalid-path',
    message: `"${reference}" is not a ${kind}`,
    remedy: `Name a ${kind} of the workspace.`,
  });

  return undefined;
}

/** An absolute path as it is shown and stored: relative to the workspace, with `/`. */
export function workspacePath(root: string, absolute: string): string {
  return path.relative(root, absolute).split(path.sep).join('/') || '.';
}

function reportMissing(
  reader: ConfigReader,
  reference: string,
  absolute: string,
  pointer: Pointer,
  kind: string,
): undefined {
  const folder = path.dirname(absolute);
  // By what stands before the first dot: a long common ending makes no two names alike.
  const stem = stemOf(absolute);
  const alike = namesIn(folder).filter((name) => nearest(stem, [stemOf(name)]).length > 0);
  const guess = nearest(path.basename(absolute), alike)[0];
  const meant = guess && workspacePath(reader.root, path.join(folder, guess));
  reportAt(reader, pointer, {
    code: 'missing-file',
    message: `there is no ${kind} "${reference}"`,
    remedy: meant ? `Did you mean "${meant}"?` : 'Paths count from the folder of this file.',
    meant: meant || undefined,
  });
  return undefined;
}

/** `support` for `datasets/support.golden.yaml`. */
function stemOf(file: string): string {
  const name = path.basename(file);
  return /^.[^.]*/.exec(name)?.[0] ?? name;
}
