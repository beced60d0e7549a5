import path from 'node:path';
import { git } from '../engine/compare/sides/git.ts';
import { readGitFile } from '../engine/datasets/diff/gitFile.ts';
import { UsageError } from '../engine/errors.ts';
import { processEnvironment } from '../engine/ports.ts';

/**
 * The text of a file as it was at a commit, branch or tag; undefined when it was not there. Throws UsageError
 * for an unknown reference or outside a repository, FileError for what cannot be read.
 */
export async function fileAt(
  reference: string,
  file: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const folder = path.dirname(file);
  const name = path.basename(file);
  if (reference.startsWith('-') || /[\s:\0]/.test(reference)) {
    throw new UsageError(`not a commit: ${reference}`, {
      remedy: 'Name a commit, branch or tag, for example HEAD or origin/main.',
    });
  }
  const options = { folder, environment: processEnvironment, signal };
  const listed = await git(['ls-tree', '--name-only', reference, '--', `./${name}`], options);
  // Without an answer, the reading below tells what is wrong: no repository, or no such commit.
  if (listed === '') return undefined;
  return readGitFile(`${reference}:./${name}`, { cwd: folder, signal });
}
