import path from 'node:path';
import { defined } from '../../model/defined.ts';
import type { Problem } from '../../model/problem.ts';
import type { PromptFormat } from '../../model/prompt.ts';
import type { Environment } from '../../ports.ts';
import { detectFormat, nameFromPath } from '../../prompts/detectFormat.ts';
import { BUILT_IN_PROVIDER, builtInProvider } from '../config/builtInProvider.ts';
import { DEFAULT_CASCADE } from '../config/cascadeConfig.ts';
import type { FileReference } from '../config/fileReference.ts';
import { SUITE_DEFAULTS, type SuiteConfig } from '../config/suiteConfig.ts';
import type { WorkspaceConfig } from '../config/workspaceConfig.ts';
import { defaultEvaluators } from '../evaluators/defaultEvaluators.ts';
import type { TargetConfig } from '../targets/targetConfig.ts';
import { uniqueTargetNames } from '../targets/targetNames.ts';
import type { WorkspaceFiles } from './discoverWorkspace.ts';
import { promptFileSuite } from './promptFileSuite.ts';

/** Formats that are a complete request; the others are parts of an agent and are paired by name only. */
const STANDALONE: ReadonlySet<PromptFormat> = new Set(['prompty', 'dotprompt', 'github-prompt']);

/**
 * The configuration of a workspace that has no file: one suite for each prompt file that brings its own test data,
 * and one for each dataset, called after it, with the prompts that belong to it. Those are the prompts of the same name (`answer.prompty` and
 * `answer.golden.yaml`); where no name matches and there is one dataset only, every standalone prompt without test data.
 * Evaluators are the default ones, the only provider is the built-in one, and there is no gate.
 */
export function implicitConfig(
  files: WorkspaceFiles,
  options: { root: string; model?: string; environment: Environment },
): { config: WorkspaceConfig; warnings: Problem[] } {
  const suites: SuiteConfig[] = [];
  const warnings: Problem[] = [];
  const own = files.prompts.flatMap((prompt) => promptFileSuite(prompt, options) ?? []);
  const complete = new Set(own.flatMap(({ suite }) => suite.datasets.map(({ path: file }) => file)));
  for (const dataset of files.datasets) {
    const prompts = promptsFor(dataset, files, complete);
    if (prompts.length > 0) suites.push(suiteOf(dataset, prompts, options.model, suites));
    else if (files.prompts.length > 0) warnings.push(withoutPrompt(dataset));
  }
  for (const { suite, warnings: found } of own) {
    suites.push({ ...suite, name: freeSuiteName(suite.name, suites) });
    warnings.push(...found);
  }
  const providers = { [BUILT_IN_PROVIDER]: builtInProvider(options.environment) };
  return { config: { providers, suites }, warnings };
}

function promptsFor(
  dataset: FileReference,
  { prompts, datasets }: WorkspaceFiles,
  complete: ReadonlySet<string>,
): FileReference[] {
  const name = datasetName(dataset.path);
  const sameName = prompts.filter((prompt) => nameFromPath(prompt.path).toLowerCase() === name.toLowerCase());
  if (sameName.length > 0 || datasets.length > 1) return sameName;
  return prompts.filter((prompt) => {
    const format = detectFormat(prompt.path);
    return format !== undefined && STANDALONE.has(format) && !complete.has(prompt.path);
  });
}

function suiteOf(
  dataset: FileReference,
  prompts: readonly FileReference[],
  model: string | undefined,
  earlier: readonly SuiteConfig[],
): SuiteConfig {
  const targets = prompts.map(
    (prompt): TargetConfig => ({
      kind: 'prompt',
      name: '',
      location: startOfFile(prompt),
      prompt,
      ...defined({ model }),
      parameters: {},
    }),
  );

  return {
    name: freeSuiteName(datasetName(dataset.path), earlier),
    location: startOfFile(dataset),
    datasets: [dataset],
    targets: uniqueTargetNames(targets),
    evaluators: defaultEvaluators(),
    defaultEvaluators: true,
    cascade: DEFAULT_CASCADE,
    ...SUITE_DEFAULTS,
    filter: { names: [], tags: [] },
  };
}

/** `answer` for `datasets/answer.golden.yaml`. */
function datasetName(file: string): string {
  return path.posix.basename(file).replace(/(?:\.golden)?\.[^.]*$/, '');
}

function freeSuiteName(base: string, earlier: readonly SuiteConfig[]): string {
  const taken = new Set(earlier.map((suite) => suite.name));
  let name = base;
  for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
  return name;
}

function startOfFile(file: FileReference): { path: string; line: number; column: number } {
  return { path: file.path, line: 1, column: 1 };
}

function withoutPrompt(dataset: FileReference): Problem {
  return {
    severity: 'warning',
    code: 'dataset-without-prompt',
    message: 'no prompt belongs to this dataset, so no suite is made for it',
    location: startOfFile(dataset),
    remedy:
      'Call it after its prompt, e.g. answer.golden.yaml for answer.prompty, or write a touchstone.yaml.',
  };
}
