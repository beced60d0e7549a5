import { execFile } from 'node:child_process';
import path from 'node:path';
import { FileError, UsageError } from '../engine/errors.ts';

/** No prompt is larger; git is not asked for more, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * A file as it was at a commit, branch or tag; undefined when it was not there. Git is started directly, no
 * shell reads its arguments. Throws UsageError for an unknown reference, FileError outside a repository.
 */
export async function fileAt(reference: string, file: string): Promise<Buffer | undefined> {
  const folder = path.dirname(file);
  const name = path.basename(file);
  await checkReference(reference, folder);
  const listed = await git(
    ['ls-tree', '--name-only', '-z', `${reference}^{tree}`, '--', `./${name}`],
    folder,
  );
  if (listed.code !== 0) throw noRepository(file);
  if (listed.out.length === 0) return undefined;
  const shown = await git(['show', `${reference}:./${name}`], folder);
  if (shown.code !== 0)
    throw new FileError(`git cannot show the file at ${reference}`, { where: { path: file } });
  return shown.out;
}

async function checkReference(reference: string, folder: string): Promise<void> {
  const inside = await git(['rev-parse', '--is-inside-work-tree'], folder);
  if (inside.code !== 0) throw noRepository(folder);
  const unknown = new UsageError(`git knows no commit ${reference}`, {
    remedy: 'Name a commit, branch or tag, e.g. HEAD or origin/main.',
  });
  if (reference.startsWith('-') || /[\s:\0]/.test(reference)) throw unknown;
  const found = await git(['rev-parse', '--verify', '--quiet', `${reference}^{commit}`], folder);
  if (found.code !== 0) throw unknown;
}

function noRepository(file: string): FileError {
  return new FileError('this is not in a git repository, so there is nothing to compare with', {
    where: { path: file },
    remedy: 'Run it inside a repository, or leave out --against.',
  });
}

function git(args: readonly string[], cwd: string): Promise<{ code: number; out: Buffer }> {
  return new Promise((resolve, reject) => {
    const options = { cwd, encoding: 'buffer' as const, maxBuffer: MAX_BYTES, windowsHide: true };
    execFile('git', [...args], options, (error, out) => {
      if (error?.code === 'ENOENT')
        reject(new UsageError('git was not found', { remedy: 'Install git, or leave out --against.' }));
      else resolve({ code: error ? (typeof error.code === 'number' ? error.code : 1) : 0, out });
    });
  });
}
