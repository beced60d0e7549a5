import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { FileError, ReleaseError, UsageError } from '../../../engine/errors.ts';
import { readText } from '../../../engine/files/readText.ts';
import { statPath } from '../../../engine/files/statPath.ts';
import { defined } from '../../../engine/model/defined.ts';
import type { Prompt } from '../../../engine/model/prompt.ts';
import { releaseFile } from '../../../engine/model/releaseFile.ts';
import { fixedEnvironment, systemClock } from '../../../engine/ports.ts';
import { parsePrompt } from '../../../engine/prompts/parsePrompt.ts';
import { UnsetVariable } from '../../../engine/prompts/references/resolveReferences.ts';
import { createRelease } from '../../../engine/releases/createRelease.ts';
import { type Approved, approvedByRun } from '../../../engine/releases/releaseApproval.ts';
import { CurrentResults } from '../../../engine/store/currentResults.ts';
import { findRun } from '../../../engine/store/findRun.ts';
import { workspacePath } from '../../../engine/suites/config/fileReference.ts';
import type { Workspace } from '../../../engine/suites/loadWorkspace.ts';
import { promptModel } from '../../../engine/suites/targets/promptModel.ts';
import { EXIT } from '../../exitCode.ts';
import { openEngine } from '../../openEngine.ts';
import { openWorkspace } from '../../openWorkspace.ts';
import { configOption } from '../../options/common.ts';
import type { RunAction } from '../../runAction.ts';
import type { Io } from '../../terminal/io.ts';
import { approvalLines, releaseJson } from '../../views/releaseView.ts';

interface CreateOptions {
  config?: string;
  prompt: string;
  model?: string;
  description?: string;
  run?: string;
  comparison?: string;
  override?: string;
  json?: boolean;
}

/** `touchstone release create`: its arguments and options. */
export function addReleaseCreate(release: Command, act: RunAction): void {
  release
    .command('create')
    .description(
      'write releases/NAME.yaml from a prompt file and a model; an existing release is never changed',
    )
    .argument('<name>', 'name of the release, such as support-2')
    .requiredOption('--prompt <file>', 'the prompt file')
    .option('--model <provider/model>', 'the model (default: the one that the prompt file names)')
    .option('--description <text>', 'what is new in it')
    .option(
      '--run <id>',
      'the run that approves it, whose gate must have passed: its id, the beginning of it, a suite name, or latest',
    )
    .option('--comparison <id>', 'the same for a comparison, whose candidate it is')
    .option('--override <reason>', 'create it although the gate did not pass; the reason stays visible')
    .addOption(configOption())
    .option('--json', 'print JSON')
    .action((name, options) => act((io) => create(name, options, io)));
}

async function create(name: string, options: CreateOptions, io: Io): Promise<number> {
  const { config } = options;
  const { workspace } = await openWorkspace([], defined({ config }), io.cwd, new AbortController().signal);
  const prompt = readPrompt(options.prompt, workspace, io.cwd);
  const { providers } = workspace.config;
  const model = promptModel(
    options.model === undefined
      ? prompt
      : { ...prompt, model: { ...prompt.model, id: checkedModel(options.model) } },
    providers,
  );

  const release = createRelease({
    ...{ root: workspace.root, name, prompt, model, now: systemClock.now() },
    description: options.description,
    ...approved(options, workspace),
  });
  if (options.json) io.out(JSON.stringify(releaseJson(release), null, 2));
  else {
    for (const line of approvalLines(release, io)) io.out(line);
    io.out(`${releaseFile(release.name)}: ${release.prompt.path} with ${release.model}`);
    io.out(io.style.dim(`Commit it. Clients of the gateway ask for the model release/${release.name}.`));
  }
  return EXIT.passed;
}

/** What the environment holds does not get into a file that is shared. */
function readPrompt(given: string, { root }: Workspace, cwd: string): Prompt {
  const absolute = path.resolve(cwd, given);
  if (!statPath(absolute, given)?.isFile())
    throw new FileError('there is no such prompt file', { where: { path: given } });

  const shown = workspacePath(root, realpathSync(absolute));
  if (shown.startsWith('..'))
    throw new FileError('the prompt is outside the workspace', {
      where: { path: given },
      remedy: 'Choose a prompt of this workspace, or its folder as the current one.',
    });
  try {
    return parsePrompt(
      { path: shown, text: readText(absolute, given) },
      { root, environment: fixedEnvironment({}) },
    );
  } catch (error) {
    if (!(error instanceof UnsetVariable)) throw error;
    throw new ReleaseError(
      'the prompt takes a value from the environment, and a release is a file that is shared',
      {
        where: error.where,
        remedy: 'Write the value into the prompt file, or give it a default.',
      },
    );
  }
}

function checkedModel(model: string): string {
  if (/^[^/]+\/.+$/.test(model)) return model;
  throw new UsageError(`--model ${model} is not of the form provider/model`, {
    remedy: `For example: openai/${model}`,
  });
}

/** Nothing where no run is named: the release says then that it was not evaluated. */
function approved(
  { run, comparison, override }: CreateOptions,
  workspace: Workspace,
): Approved | Record<never, never> {
  if (run !== undefined && comparison !== undefined)
    throw new UsageError('--run and --comparison cannot be combined', {
      remedy: 'Name the one that approves it.',
    });
  const wanted = run ?? comparison;
  if (wanted === undefined) {
    if (override === undefined) return {};
    throw new UsageError('--override needs --run or --comparison', {
      remedy: 'Leave it out: a release without a run says that it was not evaluated.',
    });
  }

  const engine = openEngine(workspace, { commands: false, scripts: false }, { access: 'read' });
  try {
    const { store } = engine;
    const found = comparison === 'latest' ? store.comparisons(1)[0] : findRun(store, wanted);
    if (!found || (comparison !== undefined && !found.plan.comparison))
      throw new UsageError(`--comparison ${wanted} is not a comparison`, {
        remedy: 'List them with: touchstone show --comparisons',
      });
    const runs = {
      verdict: (id: string) => store.verdicts.of(id),
      results: (id: string) => new CurrentResults(store, id).results(),
      report: (id: string) => engine.report(id),
    };
    return approvedByRun(runs, found, override);
  } finally {
    engine.close();
  }
}
