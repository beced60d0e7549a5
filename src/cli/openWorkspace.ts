import path from 'node:path';
import { UsageError } from '../engine/errors.ts';
import { statPath } from '../engine/files/statPath.ts';
import { defined } from '../engine/model/defined.ts';
import { processEnvironment } from '../engine/ports.ts';
import { promptfooFormat } from '../engine/promptfoo/promptfooFormat.ts';
import { loadWorkspace, type Workspace } from '../engine/suites/loadWorkspace.ts';

export interface WorkspaceChoice {
  workspace: Workspace;
  /** Files that the person named beside the configuration; absolute. */
  files: string[];
  /** Suites that the person named in place of a path. */
  names: string[];
}

/**
 * The workspace that a command line means: the folder or configuration among `paths`, or the one of
 * `--config`, or the current folder. All other paths must be files, or names of suites.
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
    throw new UsageError('several workspaces given', {
      remedy: 'Give one folder or one configuration file.',
    });
  }
  const workspace = await loadWorkspace({
    root: folders[0]?.absolute ?? cwd,
    ...defined({ configPath: configs[0], model: options.model }),
    foreign: promptfooFormat,
    environment: processEnvironment,
    signal,
  });
  const missing = named.filter(({ kind }) => kind === 'missing').map(({ given }) => given);
  return {
    workspace,
    files: named.filter(({ kind }) => kind === 'file').map(({ absolute }) => absolute),
    names: missing.map((given) => suiteNamed(given, workspace)),
  };
}

/** Throws UsageError for what is neither a path nor a suite. */
function suiteNamed(given: string, { config }: Workspace): string {
  const names = config.suites.map(({ name }) => name);
  if (names.includes(given)) return given;
  throw new UsageError('no such file, folder or suite', {
    where: { path: given },
    remedy: names.length > 0 ? `Choose from: ${names.join(', ')}` : undefined,
  });
}

function kindOf(given: string, cwd: string): 'folder' | 'config' | 'file' | 'missing' {
  const found = statPath(path.resolve(cwd, given), given);
  if (!found) return 'missing';
  if (found.isDirectory()) return 'folder';
  return isConfigFile(given) ? 'config' : 'file';
}

/** `touchstone.yaml`, and variants such as `touchstone.ci.yaml`; `promptfooconfig.yaml` and its variants. */
export function isConfigFile(file: string): boolean {
  return /^(?:touchstone.*\.ya?ml|promptfooconfig.*\.(?:ya?ml|json|[cm]?[jt]s))$/.test(path.basename(file));
}
