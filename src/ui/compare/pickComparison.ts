import * as vscode from 'vscode';
import type { Suite } from '../../protocol/workspaceCalls.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import { dateText } from '../dateText.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { isFileAt } from '../files/samePath.ts';
import { PlainError } from '../output/plainError.ts';
import type { Settings } from '../settings/settings.ts';
import { offerSuite } from '../suites/offerSuite.ts';
import type { ComparisonRequest } from './comparisonRequest.ts';

interface SideItem extends vscode.QuickPickItem {
  /** As on the command line; absent where the person types it. */
  side?: string;
}

/** Stored runs that are offered. */
const RUNS = 50;

/** What compares a file with the last commit; asks only where there are several ways. */
export async function requestForFile(
  { engine, preview }: { engine: EngineClient; preview: EditPreview },
  file: string,
): Promise<Omit<ComparisonRequest, 'baseline'> | undefined> {
  const { root, suites, prompts } = await engine.call('workspace/list', {});
  const uses = suites.flatMap((suite) => {
    const targets = suite.targets.filter(
      ({ prompt }) => prompt !== undefined && isFileAt(root, prompt, file),
    );
    return targets.length > 0 ? [{ suite, targets }] : [];
  });
  // No suite could tell one version of this prompt from another.
  if (uses.length === 0 && prompts.some((prompt) => isFileAt(root, prompt.path, file))) {
    await offerSuite({ engine, preview }, file);
    return undefined;
  }
  // A file that is no prompt may be a part of any agent.
  const chosen = uses.length > 0 ? uses : suites.map((suite) => ({ suite, targets: suite.targets }));
  const suite = await chooseSuite(chosen.map((use) => use.suite));
  if (!suite) return undefined;
  const targets = chosen.find((use) => use.suite === suite)?.targets ?? [];
  const [only] = targets;
  const narrowed = only && targets.length === 1 && suite.targets.length > 1;
  return { suite: suite.name, ...(narrowed ? { target: only.name } : {}) };
}

/** Asks for the suite and both sides; undefined when the person goes away. */
export async function pickComparison(engine: EngineClient): Promise<ComparisonRequest | undefined> {
  const suite = await pickSuite(engine);
  if (!suite) return undefined;
  const baseline = await pickSide(engine, suite, vscode.l10n.t('The baseline: what to compare with'), []);
  if (baseline === undefined) return undefined;
  const files = { label: vscode.l10n.t('$(file) Working tree (current files)'), side: '.' };
  const candidate = await pickSide(engine, suite, vscode.l10n.t('The candidate: what you changed'), [files]);
  return candidate === undefined ? undefined : { suite: suite.name, baseline, candidate };
}

/** Asks for one or two runs where they are not given; the older one is the baseline. */
export async function pickRuns(
  engine: EngineClient,
  given: readonly string[],
): Promise<ComparisonRequest | undefined> {
  const { runs } = await engine.call('run/list', { limit: 1000 });
  const known = runs.filter(({ id }) => given.includes(id));
  const first = known[0] ?? (await pickRun(runs, vscode.l10n.t('The first run')));
  if (!first) return undefined;
  const others = runs.filter(({ id, suite }) => id !== first.id && suite === first.suite);
  if (others.length === 0)
    throw new PlainError(
      vscode.l10n.t('There is no other run of {0} to compare with. Run the suite again first.', first.suite),
    );
  const second = known[1] ?? (await pickRun(others, vscode.l10n.t('The run to compare it with')));
  if (!second) return undefined;
  const [baseline, candidate] = first.created_at < second.created_at ? [first, second] : [second, first];
  return { suite: candidate.suite, baseline: `run:${baseline.id}`, candidate: `run:${candidate.id}` };
}

/** Asks for two models of the prompts of a suite. */
export async function pickModels(
  engine: EngineClient,
  settings: Settings,
  file: string | undefined,
): Promise<ComparisonRequest | undefined> {
  const { root, suites } = await engine.call('workspace/list', {});
  const prompted = suites.filter(({ targets }) => targets.some(({ takesModel }) => takesModel));
  if (prompted.length === 0)
    throw new PlainError(
      vscode.l10n.t('No suite has a prompt target. Command and HTTP targets choose their own models.'),
    );
  const own = prompted.filter(({ targets }) =>
    targets.some(({ prompt }) => prompt !== undefined && file !== undefined && isFileAt(root, prompt, file)),
  );
  const suite = await chooseSuite(own.length > 0 ? own : prompted);
  if (!suite) return undefined;
  const models = await modelItems(engine, settings);
  const baseline = await pickModel(models, vscode.l10n.t('The baseline’s model'));
  const candidate = baseline && (await pickModel(models, vscode.l10n.t('The candidate’s model')));
  if (!baseline || !candidate) return undefined;
  return { suite: suite.name, baseline: `model:${baseline}`, candidate: `model:${candidate}` };
}

export async function pickSuite(engine: EngineClient): Promise<Suite | undefined> {
  return chooseSuite((await engine.call('workspace/list', {})).suites);
}

async function chooseSuite(suites: readonly Suite[]): Promise<Suite | undefined> {
  const [only, another] = suites;
  if (!only)
    throw new PlainError(
      vscode.l10n.t(
        'There are no suites in this workspace. Put a golden dataset next to a prompt, or create a touchstone.yaml.',
      ),
    );
  if (!another) return only;
  const items = suites.map((suite) => ({
    label: suite.name,
    description: suite.datasets.join(', '),
    detail: suite.targets.map(({ calls }) => calls).join(', '),
    suite,
  }));
  const options = {
    title: vscode.l10n.t('Compare'),
    placeHolder: vscode.l10n.t('The suite to compare with'),
  };
  return (await vscode.window.showQuickPick(items, { ...options, matchOnDescription: true }))?.suite;
}

async function pickSide(
  engine: EngineClient,
  suite: Suite,
  placeHolder: string,
  first: readonly SideItem[],
): Promise<string | undefined> {
  const { runs } = await engine.call('run/list', { limit: RUNS });
  const items: SideItem[] = [
    ...first,
    {
      label: vscode.l10n.t('$(git-commit) HEAD'),
      description: vscode.l10n.t('the last commit'),
      side: 'HEAD',
    },
    { label: vscode.l10n.t('$(git-branch) Another revision…') },
    ...suite.targets.map(({ name, calls }) => ({
      label: `$(symbol-event) ${name}`,
      description: calls,
      side: `target:${name}`,
    })),
    ...runs
      .filter((run) => run.suite === suite.name && run.state === 'complete')
      .map((run) => ({
        label: `$(history) ${dateText(run.created_at)}`,
        description: run.id,
        side: `run:${run.id}`,
      })),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t('Compare: {0}', suite.name),
    placeHolder,
    matchOnDescription: true,
  });
  return chosen && (chosen.side ?? (await typeRevision()));
}

async function typeRevision(): Promise<string | undefined> {
  const revision = await vscode.window.showInputBox({
    title: vscode.l10n.t('Compare'),
    prompt: vscode.l10n.t('Branch, tag or commit, for example main, v1.2.0 or HEAD~3'),
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Enter a revision.') : undefined),
  });
  return revision === undefined ? undefined : `git:${revision.trim()}`;
}

interface KnownRun {
  id: string;
  suite: string;
  created_at: string;
  counts: { passed: number };
  trials: number;
}

async function pickRun(runs: readonly KnownRun[], placeHolder: string): Promise<KnownRun | undefined> {
  if (runs.length === 0) throw new PlainError(vscode.l10n.t('No runs yet.'));
  const items = runs.map((run) => ({
    label: run.suite,
    description: dateText(run.created_at),
    detail: vscode.l10n.t('{0} of {1} passed', run.counts.passed, run.trials),
    run,
  }));
  const title = vscode.l10n.t('Compare Two Runs');
  return (await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true }))?.run;
}

async function modelItems(engine: EngineClient, settings: Settings): Promise<string[]> {
  const [{ models }, editor] = await Promise.all([
    engine.call('model/list', {}),
    vscode.lm.selectChatModels(),
  ]);
  const own = settings.model === undefined ? [] : [settings.model];
  return [...new Set([...own, ...models, ...editor.map(({ vendor, id }) => `vscode/${vendor}/${id}`)])];
}

async function pickModel(models: readonly string[], placeHolder: string): Promise<string | undefined> {
  const other = vscode.l10n.t('$(edit) Enter provider/model…');
  const title = vscode.l10n.t('Compare Models');
  const chosen = await vscode.window.showQuickPick([...models, other], { title, placeHolder });
  if (chosen !== other) return chosen;
  const typed = await vscode.window.showInputBox({
    title,
    prompt: placeHolder,
    validateInput: (text) =>
      /^[^/\s]+\/\S+$/.test(text.trim()) ? undefined : vscode.l10n.t('Use the form provider/model.'),
  });
  return typed?.trim();
}
