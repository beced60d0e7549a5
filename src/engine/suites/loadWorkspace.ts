import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { FileError, ProblemsError, UserError } from '../errors.ts';
import { parseJson } from '../files/formats/parseJson.ts';
import { parseYaml } from '../files/formats/parseYaml.ts';
import { readText } from '../files/readText.ts';
import { statPath } from '../files/statPath.ts';
import { defined } from '../model/defined.ts';
import { isJsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Environment } from '../ports.ts';
import { workspacePath } from './config/fileReference.ts';
import { readConfig } from './config/readConfig.ts';
import type { WorkspaceConfig } from './config/workspaceConfig.ts';
import { discoverWorkspace } from './discovery/discoverWorkspace.ts';
import { implicitConfig } from './discovery/implicitConfig.ts';
import type { ForeignFormat } from './foreignFormat.ts';

const CONFIG_FILE = 'touchstone.yaml';

/** A folder with prompts, datasets and suites, ready to be run. */
export interface Workspace {
  /** Absolute real path; all references are inside it. */
  root: string;
  /** The file's name within the workspace; null where the suites were made without a file. */
  configPath: string | null;
  config: WorkspaceConfig;
  warnings: Problem[];
  /** The other tool whose configurations are read as well. */
  foreign?: ForeignFormat;
}

export interface LoadOptions {
  /** Folder from which the configuration's path counts; usually the current one. */
  root: string;
  /** Configuration file, relative to `root` or absolute. Its folder becomes the workspace. */
  configPath?: string;
  /** Only for a workspace without a file: the model of its prompts, instead of the one that each names. */
  model?: string;
  /** The configuration's text as it stands in an editor; read from the disk where absent. */
  text?: string;
  /** Another tool whose configurations are read as well; only `touchstone.yaml` where absent. */
  foreign?: ForeignFormat | undefined;
  environment: Environment;
  signal: AbortSignal;
}

/** What is wrong with a configuration, and the workspace where nothing is; places are relative to `root`. */
interface Checked {
  workspace?: Workspace;
  problems: Problem[];
  root?: string;
}

/**
 * Reads and checks the configuration of a workspace. Without `configPath` and without a `touchstone.yaml`,
 * a configuration of the other tool is used; without that too, suites are made from the prompts and datasets that
 * the folder holds (implicitConfig.ts).
 * Throws ProblemsError with everything that is wrong, FileError when the file cannot be read.
 */
export async function loadWorkspace(options: LoadOptions): Promise<Workspace> {
  const { workspace, problems } = await checkWorkspace(options);
  if (!workspace) throw new ProblemsError(problems);
  return workspace;
}

/** As `loadWorkspace`, but returns the problems: all of them, and the workspace when none is an error. */
export async function checkWorkspace(options: LoadOptions): Promise<Checked> {
  options.signal.throwIfAborted();

  const file = configFile(options);
  if (!file) return withoutFile(options);

  const { shown, absolute } = file;
  if (/\.[cm]?[jt]s$/.test(absolute))
    throw new FileError('a configuration that is a program is not run', {
      where: { path: shown },
      remedy: 'Write what it exports as YAML or JSON.',
    });

  const text = options.text ?? readText(absolute, shown);
  const problems: Problem[] = [];
  try {
    const document = /\.json$/i.test(absolute) ? parseJson(text, shown) : parseYaml(text, shown);
    const real = realpathSync(absolute);
    const foreign = options.foreign?.isConfig(absolute, document.value) ? options.foreign : undefined;
    const root = foreign ? rootAround(absolute, options.root) : realpathSync(path.dirname(absolute));

    const config = foreign
      ? await foreign.read({ document, root, absolute: real, problems }, options.environment)
      : readConfig({ document, root, problems }, options.environment);
    problems.sort(byPlace);
    if (!config) return { problems, root };

    const configPath = workspacePath(root, real);
    return { workspace: { root, configPath, config, warnings: problems, ...formatOf(options) }, problems };
  } catch (error) {
    return { problems: [syntaxProblem(error)] };
  }
}

/** Whether a file, whatever its name, is a configuration by what it holds: of suites, or one of the other tool's. */
export function holdsConfig(absolute: string, foreign: ForeignFormat): boolean {
  if (!/\.(?:ya?ml|json)$/i.test(absolute)) return false;
  try {
    const text = readText(absolute, absolute);
    const { value } = /\.json$/i.test(absolute) ? parseJson(text, absolute) : parseYaml(text, absolute);
    return foreign.isConfig(absolute, value) || (isJsonObject(value) && 'suites' in value);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Foreign suites refer to files beside and above them: the current folder holds them where it can. */
function rootAround(absolute: string, root: string): string {
  const folder = realpathSync(path.dirname(absolute));
  const current = realpathSync(root);
  const way = path.relative(current, folder);
  return way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way) ? folder : current;
}

function formatOf({ foreign }: LoadOptions): Pick<Workspace, 'foreign'> {
  return foreign ? { foreign } : {};
}

async function withoutFile(options: LoadOptions): Promise<{ workspace: Workspace; problems: Problem[] }> {
  const root = realpathSync(options.root);
  const files = await discoverWorkspace(root, options.signal, options.foreign);
  const { config, warnings: found } = implicitConfig(files, { ...options, root });
  const warnings = [...found, ...programWarnings(root, options.foreign)];
  return {
    workspace: { root, configPath: null, config, warnings, ...formatOf(options) },
    problems: warnings,
  };
}

/** The other tool would take such a file for the configuration. */
function programWarnings(root: string, foreign: ForeignFormat | undefined): Problem[] {
  return (foreign?.programNames ?? []).flatMap((path): Problem[] => {
    if (!existsSync(`${root}/${path}`)) return [];
    return [
      {
        severity: 'warning',
        code: 'program-config',
        message: 'a configuration that is a program is not run, and this one is left out',
        location: { path, line: 1, column: 1 },
        remedy: 'Write what it exports as YAML or JSON.',
      },
    ];
  });
}

/** The configuration file: the given one, or `touchstone.yaml` where there is one. */
function configFile({
  root,
  configPath,
  foreign,
}: LoadOptions): { shown: string; absolute: string } | undefined {
  if (!statPath(root, root)?.isDirectory()) {
    throw new FileError('there is no such folder', { where: { path: root }, remedy: 'Check the path.' });
  }
  const shown = configPath ?? CONFIG_FILE;
  const absolute = path.resolve(root, shown);
  if (statPath(absolute, shown)) return { shown, absolute };
  if (configPath === undefined) return foreignFile(root, foreign);
  throw new FileError('the configuration file does not exist', {
    where: { path: shown },
    remedy: 'Check the path, or write a file with `touchstone init`.',
  });
}

/** The other tool's own default, where there is no configuration of ours. */
function foreignFile(
  root: string,
  foreign: ForeignFormat | undefined,
): { shown: string; absolute: string } | undefined {
  for (const shown of foreign?.usualNames ?? []) {
    const absolute = path.join(root, shown);
    if (statPath(absolute, shown)?.isFile()) return { shown, absolute };
  }
  return undefined;
}

/** YAML that cannot be parsed, as a problem at its place. Anything else is thrown on. */
function syntaxProblem(error: unknown): Problem {
  if (!(error instanceof FileError) || !error.where || !('line' in error.where)) throw error;
  return {
    severity: 'error',
    code: 'syntax',
    message: error.message,
    location: error.where,
    ...defined({ remedy: error.remedy }),
  };
}

function byPlace(a: Problem, b: Problem): number {
  return a.location.line - b.location.line || a.location.column - b.location.column;
}
