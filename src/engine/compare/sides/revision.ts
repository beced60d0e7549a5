import { existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UsageError } from '../../errors.ts';
import type { Environment } from '../../ports.ts';
import { makeScratchFolder } from '../../processes/scratchFolder.ts';
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
 * Writes the files of a revision into a temporary folder, through an index of its own: neither the working tree nor the
 * person's index is touched. Where the workspace is a folder of its repository, the rest of it comes along, because
 * programs may load it. Installed packages are not in git: the present `node_modules` are linked. Throws UsageError when the folder is not in a repository, or there is no such revision; MissingFolderError when it
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

  const commit = await git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`], options);
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
  const top = (await git(['rev-parse', '--show-toplevel'], options)) ?? options.folder;
  // A suite without a name of its own is called after its folder.
  const files = path.join(folder, 'files', path.basename(prefix === '' ? options.folder : top));
  const root = path.join(files, prefix);
  const own = { ...options, folder: top, indexFile: path.join(folder, 'index') };
  if (prefix !== '') {
    await writeWhole(commit, files, own);
    linkPackages(top, realpathSync(options.folder), files);
  }

  const written = await writeTree(`${commit}:${prefix}`, root, own);
  if (!written || !existsSync(root)) {
    throw new MissingFolderError(`the revision ${revision} does not have this folder`, {
      where: { path: options.folder },
      remedy: 'Choose a revision in which the workspace existed.',
    });
  }

  // Marks where the repository begins; to git, an empty folder is no repository.
  mkdirSync(path.join(files, '.git'));
  linkPackages(options.folder, options.folder, root);

  return root;
}

/** A repository with more files than this is not written as a whole. */
const MOST_FILES = 20_000;
/** Large files that are kept elsewhere are not fetched for it. */
const WITHOUT_FETCHING = ['filter.lfs.smudge=', 'filter.lfs.process=', 'filter.lfs.required=false'].flatMap(
  (setting) => ['-c', setting],
);

async function writeWhole(commit: string, folder: string, own: GitOptions): Promise<void> {
  const names = await git(['ls-tree', '-r', '-z', '--name-only', commit], own);
  if (names === undefined || names.split('\0').length > MOST_FILES) return;
  await writeTree(commit, folder, own, WITHOUT_FETCHING);
}

async function writeTree(
  tree: string,
  folder: string,
  own: GitOptions,
  settings: readonly string[] = [],
): Promise<boolean> {
  const read = await git(['read-tree', tree], own);
  // With an index of the folder alone, git must not look for files below the folder again.
  const written = await git(
    [...settings, 'checkout-index', '--all', '--force', `--prefix=${folder}${path.sep}`],
    own,
  );
  return read !== undefined && written !== undefined;
}

/** Links the packages of a folder and of those above it, up to `top`, below `root`, which stands for `top`. */
function linkPackages(top: string, from: string, root: string): void {
  for (let at = from; at.startsWith(top); at = path.dirname(at)) {
    const packages = path.join(at, 'node_modules');
    const link = path.join(root, path.relative(top, at), 'node_modules');
    if (existsSync(packages) && !existsSync(link) && existsSync(path.dirname(link)))
      symlinkSync(packages, link, 'junction');
    if (at === top) return;
  }
}

/** Of the whole repository, whose other folders programs may read: tracked files as in the commit, and no file that git does not know. */
async function isUnchanged(commit: string, options: GitOptions): Promise<boolean> {
  const changed = await git(['diff', '--name-only', commit], options);
  const unknown = await git(['ls-files', '--others', '--exclude-standard', ':/'], options);
  return changed === '' && unknown === '';
}
