import { readFileSync } from 'node:fs';
import path from 'node:path';
import { resolveInside } from '../../files/confine.ts';
import type { Environment } from '../../ports.ts';
import { type GitOptions, git } from './git.ts';

/** A file of the workspace that differs between two sides. */
export interface ChangedFile {
  /** Relative to the workspace, with slashes. */
  path: string;
  status: 'added' | 'removed' | 'changed';
}

/** A side as git sees it: a revision, or null for the files as they are. */
export type FileSide = string | null;

interface Ports {
  environment: Environment;
  signal: AbortSignal;
}

/** More are not listed: nobody reads them one by one. */
const MAX_FILES = 200;

/** Files of the workspace that differ between two sides, at most 200. Empty where git does not know them. */
export async function changedFiles(
  root: string,
  baseline: FileSide,
  candidate: FileSide,
  ports: Ports,
): Promise<ChangedFile[]> {
  if (baseline === candidate) return [];

  const options: GitOptions = { ...ports, folder: root };
  const known = [baseline, candidate].filter((side) => side !== null);
  // With one revision git holds the working tree against it, so a baseline of today is read the other way round.
  const reverse = baseline === null ? ['-R'] : [];
  const listed = await git(
    [
      'diff',
      '--no-renames',
      '--relative',
      '--name-status',
      '-z',
      ...reverse,
      '--end-of-options',
      ...known,
      '--',
    ],
    options,
  );

  if (listed === undefined) return [];

  const status = baseline === null ? 'removed' : 'added';
  const unknown = known.length === 1 ? await unknownFiles(options) : [];
  const files = [...statusPairs(listed), ...unknown.map((file): ChangedFile => ({ path: file, status }))];

  return files.sort((a, b) => (a.path < b.path ? -1 : 1)).slice(0, MAX_FILES);
}

/** The text of a file on one side; null where it is not there. Throws where the path leaves the workspace. */
export async function sideText(
  root: string,
  side: FileSide,
  file: string,
  ports: Ports,
): Promise<string | null> {
  const absolute = resolveInside(root, file, { path: file });
  if (side === null) return readOrNull(absolute);
  const relative = path.relative(root, absolute).split(path.sep).join('/');
  const options = { ...ports, folder: root, whole: true };
  return (await git(['show', '--end-of-options', `${side}:./${relative}`], options)) ?? null;
}

/** Files that are there today, and that git does not know. */
async function unknownFiles(options: GitOptions): Promise<string[]> {
  const listed = await git(['ls-files', '--others', '--exclude-standard', '-z'], options);
  return listed?.split('\0').filter((file) => file !== '') ?? [];
}

/** `M\0path\0A\0path\0…` */
function statusPairs(listed: string): ChangedFile[] {
  const parts = listed.split('\0');
  const files: ChangedFile[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [letter = '', file = ''] = [parts[at], parts[at + 1]];
    files.push({ path: file, status: letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'changed' });
  }
  return files;
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
