import { realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { FileError, ProblemsError } from '../errors.ts';
import { readText } from '../files/readText.ts';
import { parseYaml } from '../files/yaml.ts';
import type { Problem } from '../model/problem.ts';
import type { Environment } from '../ports.ts';
import { discoverWorkspace } from './discoverWorkspace.ts';
import { implicitConfig } from './implicitConfig.ts';
import { readConfig } from './readConfig.ts';
import type { WorkspaceConfig } from './workspaceConfig.ts';

const CONFIG_FILE = 'touchstone.yaml';

/** A folder with prompts, datasets and suites, ready to be run. */
export interface Workspace {
  /** Absolute real path; all references are inside it. */
  root: string;
  /** The file's name within the workspace; null where the suites were made without a file. */
  configPath: string | null;
  config: WorkspaceConfig;
  warnings: Problem[];
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
  environment: Environment;
  signal: AbortSignal;
}

/**
 * Reads and checks the configuration of a workspace. Without `configPath` and without a `touchstone.yaml`,
 * suites are made from the prompts and datasets that the folder holds (implicitConfig.ts).
 * Throws ProblemsError with everything that is wrong, FileError when the file cannot be read.
 */
export async function loadWorkspace(options: LoadOptions): Promise<Workspace> {
  const { workspace, problems } = await checkWorkspace(options);
  if (!workspace) throw new ProblemsError(problems);
  return workspace;
}

/** As `loadWorkspace`, but returns the problems: all of them, and the workspace when none is an error. */
export async function checkWorkspace(
  options: LoadOptions,
): Promise<{ workspace?: Workspace; problems: Problem[] }> {
  options.signal.throwIfAborted();
  const file = configFile(options);
  if (!file) return withoutFile(options);
  const { shown, absolute } = file;
  const root = realpathSync(path.dirname(absolute));
  const text = options.text ?? readText(absolute, shown);
  const problems: Problem[] = [];
  try {
    const config = readConfig({ document: parseYaml(text, shown), root, problems }, options.environment);
    problems.sort(byPlace);
    if (!config) return { problems };
    const configPath = path.basename(absolute);
    return { workspace: { root, configPath, config, warnings: problems }, problems };
  } catch (error) {
    return { problems: [syntaxProblem(error)] };
  }
}

async function withoutFile(options: LoadOptions): Promise<{ workspace: Workspace; problems: Problem[] }> {
  const root = realpathSync(options.root);
  const files = await discoverWorkspace(root, options.signal);
  const { config, warnings } = implicitConfig(files, options);
  return { workspace: { root, configPath: null, config, warnings }, problems: warnings };
}

/** The configuration file: the given one, or `touchstone.yaml` where there is one. */
function configFile({ root, configPath }: LoadOptions): { shown: string; absolute: string } | undefined {
  if (!statSync(root, { throwIfNoEntry: false })?.isDirectory()) {
    throw new FileError('there is no such folder', { where: { path: root }, remedy: 'Check the path.' });
  }
  const shown = configPath ?? CONFIG_FILE;
  const absolute = path.resolve(root, shown);
  if (statSync(absolute, { throwIfNoEntry: false })) return { shown, absolute };
  if (configPath === undefined) return undefined;
  throw new FileError('the configuration file does not exist', {
    where: { path: shown },
    remedy: 'Check the path, or write a file with `touchstone init`.',
  });
}

/** YAML that cannot be parsed, as a problem at its place. Anything else is thrown on. */
function syntaxProblem(error: unknown): Problem {
  if (!(error instanceof FileError) || !error.where || !('line' in error.where)) throw error;
  return {
    severity: 'error',
    code: 'syntax',
    message: error.message,
    location: error.where,
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  };
}

function byPlace(a: Problem, b: Problem): number {
  return a.location.line - b.location.line || a.location.column - b.location.column;
}
