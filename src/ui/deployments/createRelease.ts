import path from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod/mini';
import { dateText } from '../dateText.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import { lineText, withoutIcons } from '../output/plainText.ts';
import { requireTrust } from '../trust/trust.ts';
import type { WorkspaceListing } from '../views/workspaceListing.ts';
import { workspaceFolder } from '../workspaceFolder.ts';

const { t } = vscode.l10n;

const promptArgument = z.object({ path: z.string().check(z.minLength(1)) });
const NAME = /^[a-z0-9][a-z0-9._-]*$/i;
const MODEL = /^[^/\s]+\/\S+$/;

interface Ports {
  engine: EngineClient;
  listing: WorkspaceListing;
}

/** Asks for the prompt, the run that approved it and a name, writes the release, and opens it. */
export async function createRelease(given: unknown, { engine, listing }: Ports): Promise<void> {
  const folder = workspaceFolder();
  requireTrust(t('A release'));
  const { prompts, root } = await listing.get();
  const prompt = await pickPrompt(given, prompts, root);
  if (prompt === undefined) return;
  const run = await pickRun(engine);
  if (run === undefined) return;
  const override = run === null ? null : await askOverride(engine, run);
  if (override === undefined) return;
  const name = await askName(prompt, (await engine.call('release/names', {})).names);
  if (name === undefined) return;
  const model = await askModel();
  if (model === undefined) return;

  const created = await engine.call('release/create', { name, prompt, model, run, override });
  const file = vscode.Uri.joinPath(folder.uri, ...created.path.split('/'));
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file));
}

async function pickPrompt(
  given: unknown,
  prompts: readonly { path: string; name: string }[],
  root: string,
): Promise<string | undefined> {
  const named =
    promptArgument.safeParse(given).data?.path ?? vscode.window.activeTextEditor?.document.fileName;
  const relative = named === undefined ? '' : path.relative(root, named).split(path.sep).join('/');
  if (prompts.some((prompt) => prompt.path === relative)) return relative;
  if (prompts.length === 0)
    throw new PlainError(t('There is no prompt in this workspace to make a release of.'));

  const items = prompts.map((prompt) => ({
    label: withoutIcons(lineText(prompt.name)),
    description: lineText(prompt.path),
    prompt: prompt.path,
  }));
  return (await vscode.window.showQuickPick(items, { placeHolder: t('A release of which prompt?') }))?.prompt;
}

/** Null: none approved it. */
async function pickRun(engine: EngineClient): Promise<string | null | undefined> {
  const { runs } = await engine.call('run/list', { limit: 50 });
  const items = runs
    .filter(({ state }) => state === 'complete')
    .map(({ id, suite, created_at, counts, trials, passed }) => ({
      label: `$(${passed === true ? 'pass' : 'error'}) ${withoutIcons(lineText(suite))}`,
      description: dateText(created_at),
      detail:
        passed === true
          ? t('{0} of {1} passed', counts.passed, trials)
          : t('{0} of {1} passed; needs a reason', counts.passed, trials),
      run: id,
    }));
  const none = {
    label: `$(circle-slash) ${t('None')}`,
    description: t('it is deployed only with a reason'),
    detail: '',
    run: null,
  };
  const placeHolder = t('Which run approves it?');
  return (await vscode.window.showQuickPick([...items, none], { placeHolder }))?.run;
}

/** Null: none is needed. Undefined: the person gave none. */
async function askOverride(engine: EngineClient, run: string): Promise<string | null | undefined> {
  const { unapproved } = await engine.call('release/approval', { run });
  if (unapproved === null) return null;
  const typed = await vscode.window.showInputBox({
    title: t('Create Release'),
    prompt: t('This run does not approve it: {0}. Why is it released all the same?', lineText(unapproved)),
    placeHolder: t('The reason stays visible in the release.'),
    validateInput: (text) => (text.trim() === '' ? t('Give a reason.') : undefined),
  });
  return typed?.trim() || undefined;
}

async function askName(prompt: string, taken: readonly string[]): Promise<string | undefined> {
  const names = new Set(taken.map((name) => name.toLowerCase()));
  const stem = path.posix.basename(prompt).replace(/\..*$/, '') || 'release';
  let count = 1;
  while (names.has(`${stem}-${count}`.toLowerCase())) count += 1;
  return vscode.window.showInputBox({
    title: t('Create Release'),
    prompt: t('Its name. A release never changes: what comes next gets a name of its own.'),
    value: `${stem}-${count}`,
    validateInput: (text) => {
      if (!NAME.test(text)) return t('Use letters, digits, dots, hyphens and underscores.');
      return names.has(text.toLowerCase()) ? t('There is a release of this name.') : undefined;
    },
  });
}

/** Null: that of the prompt file. */
async function askModel(): Promise<string | null | undefined> {
  const typed = await vscode.window.showInputBox({
    title: t('Create Release'),
    prompt: t('The model as provider/model; leave it empty for the one that the prompt file names.'),
    validateInput: (text) =>
      text === '' || MODEL.test(text)
        ? undefined
        : t('Write it as provider/model, such as openai/gpt-5-mini.'),
  });
  return typed === '' ? null : typed;
}
