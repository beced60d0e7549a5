import { statSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../engine/errors.ts';
import { processEnvironment } from '../engine/ports.ts';
import { loadWorkspace, type Workspace } from '../engine/suites/loadWorkspace.ts';

export interface WorkspaceChoice {
  workspace: Workspace;
  /** Files that the person named beside the configuration; absolute. */
  files: string[];
}

/**
 * The workspace that a command line means: the folder or configuration among `paths`, or the one of
 * `--config`, or the current folder. All other paths must be files.
 */
export async function openWorkspace(
  paths: readonly string[],
  options: { config?: string; model?: string },
  cwd: string,
  signal: AbortSignal,
): Promise<WorkspaceChoice> {
  const named = paths.map((given) => ({
    given,
    absolute: path.resolve(cwd, given),
    kind: kindOf(given, cwd),
  }));
  const folders = named.filter(({ kind }) => kind === 'folder');
  const configs = named.filter(({ kind }) => kind === 'config').map(({ given }) => given);
  if (options.config !== undefined) configs.push(options.config);
  if (folders.length + configs.length > 1) {
    throw new UsageError('several workspaces were named', {
      remedy: 'Name one folder or one configuration.',
    });
  }
  const workspace = await loadWorkspace({
    root: folders[0]?.absolute ?? cwd,
    ...(configs[0] === undefined ? {} : { configPath: configs[0] }),
    ...(options.model === undefined ? {} : { model: options.model }),
    environment: processEnvironment,
    signal,
  });
  return { workspace, files: named.filter(({ kind }) => kind === 'file').map(({ absolute }) => absolute) };
}

function kindOf(given: string, cwd: string): 'folder' | 'config' | 'file' {
  const found = statSync(path.resolve(cwd, given), { throwIfNoEntry: false });
  if (!found) throw new UsageError(`there is no file or folder ${given}`, { where: { path: given } });
  if (found.isDirectory()) return 'folder';
  return isConfigFile(given) ? 'config' : 'file';
}

/** `touchstone.yaml`, and variants such as `touchstone.ci.yaml`; `promptfooconfig.yaml` and its variants. */
export function isConfigFile(file: string): boolean {
  return /^(?:touchstone.*\.ya?ml|promptfooconfig.*\.(?:ya?ml|json|[cm]?[jt]s))$/.test(path.basename(file));
}
