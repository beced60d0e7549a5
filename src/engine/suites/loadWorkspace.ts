import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { FileError, ProblemsError, UserError } from '../errors.ts';
import type { SourceDocument } from '../files/formats/document.ts';
import { parseJson } from '../files/formats/parseJson.ts';
import { parseYaml } from '../files/formats/parseYaml.ts';
import { readText } from '../files/readText.ts';
import { statPath } from '../files/statPath.ts';
import { isJsonObject } from '../model/json.ts';
import type { Problem } from '../model/problem.ts';
import type { Environment } from '../ports.ts';
import { isPromptfoo } from '../promptfoo/config/isPromptfoo.ts';
import { discoverWorkspace } from './discoverWorkspace.ts';
import { workspacePath } from './fileReference.ts';
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

/** What is wrong with a configuration, and the workspace where nothing is; places are relative to `root`. */
interface Checked {
  workspace?: Workspace;
  problems: Problem[];
  root?: string;
}

/**
 * Reads and checks the configuration of a workspace. Without `configPath` and without a `touchstone.yaml`,
 * the folder's `promptfooconfig.yaml` is the configuration; without that too, suites are made from the prompts
 * and datasets that the folder holds (implicitConfig.ts).
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
    const foreign = isPromptfoo(absolute, document.value);
    const root = foreign ? rootAround(absolute, options.root) : realpathSync(path.dirname(absolute));
    const config = foreign
      ? await readForeign({ document, root, absolute: realpathSync(absolute), problems }, options.environment)
      : readConfig({ document, root, problems }, options.environment);
    problems.sort(byPlace);
    if (!config) return { problems, root };
    const configPath = workspacePath(root, realpathSync(absolute));
    return { workspace: { root, configPath, config, warnings: problems }, problems };
  } catch (error) {
    return { problems: [syntaxProblem(error)] };
  }
}

/** Whether a file, whatever its name, is a configuration by what it holds: of suites, or one of promptfoo's. */
export function holdsConfig(absolute: string): boolean {
  if (!/\.(?:ya?ml|json)$/i.test(absolute)) return false;
  try {
    const text = readText(absolute, absolute);
    const { value } = /\.json$/i.test(absolute) ? parseJson(text, absolute) : parseYaml(text, absolute);
    return isPromptfoo(absolute, value) || (isJsonObject(value) && 'suites' in value);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** promptfoo's suites refer to files beside and above them: the current folder holds them where it can. */
function rootAround(absolute: string, root: string): string {
  const folder = realpathSync(path.dirname(absolute));
  const current = realpathSync(root);
  const way = path.relative(current, folder);
  return way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way) ? folder : current;
}

/** Loaded only where there is such a file: most workspaces have none. */
async function readForeign(
  source: { document: SourceDocument; root: string; absolute: string; problems: Problem[] },
  environment: Environment,
): Promise<WorkspaceConfig | undefined> {
  const { readPromptfoo } = await import('../promptfoo/config/readPromptfoo.ts');
  return readPromptfoo(source, environment);
}

async function withoutFile(options: LoadOptions): Promise<{ workspace: Workspace; problems: Problem[] }> {
  const root = realpathSync(options.root);
  const files = await discoverWorkspace(root, options.signal);
  const { config, warnings: found } = implicitConfig(files, { ...options, root });
  const warnings = [...found, ...programWarnings(root)];
  return { workspace: { root, configPath: null, config, warnings }, problems: warnings };
}

/** promptfoo would take such a file for the configuration. */
function programWarnings(root: string): Problem[] {
  return ['js', 'cjs', 'mjs', 'ts', 'cts', 'mts'].flatMap((ending): Problem[] => {
    const path = `promptfooconfig.${ending}`;
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
function configFile({ root, configPath }: LoadOptions): { shown: string; absolute: string } | undefined {
  if (!statPath(root, root)?.isDirectory()) {
    throw new FileError('there is no such folder', { where: { path: root }, remedy: 'Check the path.' });
  }
  const shown = configPath ?? CONFIG_FILE;
  const absolute = path.resolve(root, shown);
  if (statPath(absolute, shown)) return { shown, absolute };
  if (configPath === undefined) return foreignFile(root);
  throw new FileError('the configuration file does not exist', {
    where: { path: shown },
    remedy: 'Check the path, or write a file with `touchstone init`.',
  });
}

/** promptfoo's own default, where there is no configuration of ours. */
function foreignFile(root: string): { shown: string; absolute: string } | undefined {
  for (const shown of ['promptfooconfig.yaml', 'promptfooconfig.yml', 'promptfooconfig.json']) {
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
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  };
}

function byPlace(a: Problem, b: Problem): number {
  return a.location.line - b.location.line || a.location.column - b.location.column;
}
