import { existsSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UsageError } from '../errors.ts';
import type { Environment } from '../ports.ts';
import { makeScratchFolder } from '../processes/scratchFolder.ts';
import { type GitOptions, git } from './git.ts';

/** The workspace's folder is not in the revision. */
export class MissingFolderError extends UsageError {}

/** The files of a workspace as a git revision has them, in a folder of their own. */
export interface RevisionFiles {
  /** Absolute. */
  root: string;
  /** Abbreviated hash of the commit. */
  commit: string;
  /** The workspace's files are the same today, so both sides would be the same. */
  unchanged: boolean;
  /** Removes the folder; idempotent. */
  remove(): void;
}

/**
 * Writes the workspace's files of a revision into a temporary folder, through an index of its own: neither the
 * working tree nor the person's index is touched. Installed packages are not in git: the workspace's
 * `node_modules` is linked. Throws UsageError when the folder is not in a repository, or there is no such revision; MissingFolderError when it
 * is not in that revision.
 */
export async function checkOutRevision(
  workspaceRoot: string,
  revision: string,
  ports: { environment: Environment; signal: AbortSignal },
): Promise<RevisionFiles> {
  const options: GitOptions = { ...ports, folder: workspaceRoot };
  const prefix = await git(['rev-parse', '--show-prefix'], options);
  if (prefix === undefined) {
    throw new UsageError(
      `${revision} is neither a target, a stored run nor a model, and the folder is not in a git repository`,
      {
        where: { path: workspaceRoot },
        remedy: 'Check the name. Targets and runs are listed by: touchstone list, touchstone show --runs',
      },
    );
  }
  const commit = await git(
    ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`],
    options,
  );
  if (commit === undefined) {
    throw new UsageError(
      `there is no git revision ${revision}, nor a target, stored run or model of that name`,
      {
        remedy: 'Check the name. Targets and runs are listed by: touchstone list, touchstone show --runs',
      },
    );
  }
  const folder = makeScratchFolder(os.tmpdir(), 'touchstone-revision');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const root = await materialise(folder, commit, prefix, revision, options);
    linkPackages(workspaceRoot, root);
    return { root, commit: commit.slice(0, 10), unchanged: await isUnchanged(commit, options), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function materialise(
  folder: string,
  commit: string,
  prefix: string,
  revision: string,
  options: GitOptions,
): Promise<string> {
  const root = path.join(folder, 'files');
  const own = { ...options, indexFile: path.join(folder, 'index') };
  const tree = `${commit}:${prefix.replace(/\/$/, '')}`;
  const read = await git(['read-tree', '--end-of-options', tree], own);
  // With an index of the folder alone, git must not look for files below the folder again.
  const written = await git(['checkout-index', '--all', '--quiet', `--prefix=${root}${path.sep}`], {
    ...own,
    folder: (await git(['rev-parse', '--show-toplevel'], options)) ?? options.folder,
  });
  if (read === undefined || written === undefined || !existsSync(root)) {
    throw new MissingFolderError(`the revision ${revision} does not have this folder`, {
      where: { path: options.folder },
      remedy: 'Choose a revision in which the workspace existed.',
    });
  }
  return root;
}

function linkPackages(workspaceRoot: string, root: string): void {
  const packages = path.join(workspaceRoot, 'node_modules');
  const link = path.join(root, 'node_modules');
  if (existsSync(packages) && !existsSync(link)) symlinkSync(packages, link, 'junction');
}

/** Tracked files as in the commit, and no file that git does not know. */
async function isUnchanged(commit: string, options: GitOptions): Promise<boolean> {
  const changed = await git(['diff', '--name-only', commit, '--', '.'], options);
  const unknown = await git(['ls-files', '--others', '--exclude-standard', '--', '.'], options);
  return changed === '' && unknown === '';
}
