import { realpathSync } from 'node:fs';
import path from 'node:path';
import { FileError } from '../engine/errors.ts';
import { statPath } from '../engine/files/statPath.ts';

/** The workspace's real path, for what needs no configuration and must not fail because of one: the given folder, or the one of `--config`. */
export function workspaceFolder(
  folder: string | undefined,
  { config }: { config?: string | undefined },
  cwd: string,
): string {
  const given = folder ?? '.';
  if (!statPath(path.resolve(cwd, given), given)?.isDirectory())
    throw new FileError('there is no such folder', { where: { path: given }, remedy: 'Check the path.' });
  if (config === undefined) return realpathSync(path.resolve(cwd, given));

  const file = path.resolve(cwd, given, config);
  if (!statPath(file, config))
    throw new FileError('there is no such file', { where: { path: config }, remedy: 'Check the path.' });
  return path.dirname(realpathSync(file));
}
