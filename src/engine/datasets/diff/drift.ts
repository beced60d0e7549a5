import { basename, dirname } from 'node:path';
import { UserError } from '../../errors.ts';
import { readText } from '../../files/readText.ts';
import { readDatasetVersion } from './datasetVersion.ts';
import { diffDatasets } from './diffDatasets.ts';
import { NotInRevision, readGitFile } from './gitFile.ts';
import type { VersionVerdict } from './versionBump.ts';

/** The state of a dataset on disk relative to the last commit. `unknown`: no repository, or one side cannot be read. */
export type DatasetDrift =
  | { state: 'unchanged' }
  | { state: 'new' }
  | { state: 'unknown'; reason: string }
  | { state: 'changed'; added: number; removed: number; changed: number; version: VersionVerdict };

/**
 * Compares a dataset with HEAD. `path` is absolute; `shownAs` is its display name. Runs `git`, so only for a trusted
 * workspace. Throws only errors that are not caused by the files.
 */
export async function datasetDrift(
  path: string,
  shownAs: string,
  signal: AbortSignal,
): Promise<DatasetDrift> {
  try {
    const before = await readGitFile(`HEAD:./${basename(path)}`, { cwd: dirname(path), signal });
    const after = readText(path, shownAs);

    // Most datasets have not been touched: two equal texts need no parsing.
    if (before === after) return { state: 'unchanged' };
    const label = `HEAD:${shownAs}`;

    const { added, removed, changed, header, version } = diffDatasets(
      await readDatasetVersion({ kind: 'text', label, text: before }, signal),
      await readDatasetVersion({ kind: 'text', label: shownAs, text: after }, signal),
    );

    const total = added.length + removed.length + changed.length + header.length;
    if (total === 0 && version.before === version.after) return { state: 'unchanged' };

    return {
      state: 'changed',
      added: added.length,
      removed: removed.length,
      changed: changed.length,
      version,
    };
  } catch (error) {
    if (error instanceof NotInRevision) return { state: 'new' };
    if (error instanceof UserError) return { state: 'unknown', reason: error.message };
    throw error;
  }
}
