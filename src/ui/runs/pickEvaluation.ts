import * as vscode from 'vscode';
import type { Suite } from '../../protocol/workspaceCalls.ts';
import { trialCount } from '../counts.ts';
import { PlainError } from '../output/plainError.ts';
import type { AskedRun, RunOverrides } from './runController.ts';
import type { RunPorts } from './runPorts.ts';

/** What the last question offers. */
type Action = { kind: 'run'; more: RunOverrides } | { kind: 'model' } | { kind: 'filter' };

/**
 * Asks what to run: the suite, its targets where there are several, and then, with what would run in view,
 * whether to begin, choose a model, or run some cases only. Undefined when the person goes away.
 */
export async function pickEvaluation(ports: RunPorts): Promise<AskedRun | undefined> {
  const suite = await pickSuite(ports);
  const targets = suite && (await pickTargets(suite));
  if (!suite || !targets) return undefined;
  let overrides: RunOverrides = targets.length < suite.targets.length ? { targets } : {};
  for (;;) {
    const action = await pickAction(ports, suite, overrides);
    if (!action) return undefined;
    if (action.kind === 'run') return { suite: suite.name, overrides: { ...overrides, ...action.more } };
    if (action.kind === 'model') {
      const model = await vscode.commands.executeCommand<string | undefined>('touchstone.chooseModel');
      if (model !== undefined) overrides = { ...overrides, model };
    } else {
      const filter = await askFilter();
      if (filter) overrides = { ...overrides, filter };
    }
  }
}

async function pickSuite({ engine }: RunPorts): Promise<Suite | undefined> {
  const { suites, problems } = await engine.call('workspace/list', {});
  const problem = problems.find(({ severity }) => severity === 'error');
  if (suites.length === 0) {
    throw new PlainError(
      problem
        ? vscode.l10n.t('Problem in the configuration: {0}', problem.message)
        : vscode.l10n.t(
            'There are no suites in this workspace. Put a golden dataset next to a prompt, or create a touchstone.yaml.',
          ),
    );
  }
  const items = suites.map((suite) => ({
    label: suite.name,
    description: suite.datasets.join(', '),
    detail: suite.description ?? suite.targets.map(({ calls }) => calls).join(', '),
    suite,
  }));
  const options = { title: vscode.l10n.t('Run Evaluation'), placeHolder: vscode.l10n.t('The suite to run') };
  return (await vscode.window.showQuickPick(items, { ...options, matchOnDescription: true }))?.suite;
}

/** All of them where there is nothing to choose; undefined when the person goes away. */
async function pickTargets({ name, targets }: Suite): Promise<string[] | undefined> {
  if (targets.length === 1) return targets.map((target) => target.name);
  const items = targets.map((target) => ({ label: target.name, description: target.calls, picked: true }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Run Evaluation: {0}', name),
    placeHolder: vscode.l10n.t('The targets to run'),
    canPickMany: true,
  });
  return chosen && chosen.length > 0 ? chosen.map(({ label }) => label) : undefined;
}

async function pickAction(
  { engine, runs }: RunPorts,
  suite: Suite,
  overrides: RunOverrides,
): Promise<Action | undefined> {
  const { runs: planned } = await engine.call(
    'run/prepare',
    runs.withSettings({ suite: suite.name, overrides }),
  );
  const trials = planned.reduce((sum, one) => sum + one.trials, 0);
  const what = planned.map(({ dataset, targets }) => `${targets.join(', ')} × ${dataset}`).join('; ');
  const items: (vscode.QuickPickItem & { action: Action })[] = [
    {
      label: `$(play) ${vscode.l10n.t('Run {0}', trialCount(trials))}`,
      description: filterText(overrides),
      detail: what,
      action: { kind: 'run', more: {} },
    },
    {
      label: vscode.l10n.t('$(law) Run without judge'),
      action: { kind: 'run', more: { withoutJudge: true } },
    },
    {
      label: vscode.l10n.t('$(sync) Run three times each'),
      description: vscode.l10n.t('shows which cases are flaky'),
      action: { kind: 'run', more: { repeat: 3 } },
    },
    { label: vscode.l10n.t('$(filter) Choose cases…'), action: { kind: 'filter' } },
  ];
  if (suite.targets.some(({ takesModel }) => takesModel))
    items.push({
      label: vscode.l10n.t('$(sparkle) Choose model…'),
      description: overrides.model ?? '',
      action: { kind: 'model' },
    });
  const title = vscode.l10n.t('Run Evaluation: {0}', suite.name);
  return (await vscode.window.showQuickPick(items, { title }))?.action;
}

/** Words are parts of names, `#word` is a tag. */
async function askFilter(): Promise<RunOverrides['filter']> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Choose Cases'),
    prompt: vscode.l10n.t(
      'Parts of ids or descriptions, and tags with a leading #, separated by spaces, for example: refund #critical. Leave empty for all.',
    ),
  });
  if (text === undefined) return undefined;
  const words = text.split(/\s+/).filter(Boolean);
  return {
    names: words.filter((word) => !word.startsWith('#')),
    tags: words.filter((word) => word.startsWith('#') && word.length > 1).map((word) => word.slice(1)),
  };
}

function filterText({ filter, targets }: RunOverrides): string {
  const tags = filter?.tags.map((tag) => `#${tag}`) ?? [];
  return [...(targets ?? []), ...(filter?.names ?? []), ...tags].join(' ');
}
