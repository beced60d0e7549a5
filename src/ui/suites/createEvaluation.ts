import path from 'node:path';
import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { PlainError } from '../output/plainError.ts';
import type { Settings } from '../settings/settings.ts';

interface CreatePorts {
  engine: EngineClient;
  settings: Settings;
}

/**
 * A first evaluation out of two questions: what is asked, and what a good answer says. Writes a prompt, a golden
 * dataset and a suite, as far as the folder has none, opens them and runs the suite.
 */
export async function createEvaluation({ engine, settings }: CreatePorts): Promise<void> {
  const listing = await engine.call('workspace/list', {});
  if (listing.configPath !== null) return offerConfiguration(path.join(listing.root, listing.configPath));
  const asked = await askText(
    vscode.l10n.t('Create First Evaluation (1 of 2)'),
    vscode.l10n.t('What will your prompt be asked? Write one real example.'),
    vscode.l10n.t('How long does shipping take?'),
  );
  if (asked === undefined) return;
  const said = await askText(
    vscode.l10n.t('Create First Evaluation (2 of 2)'),
    vscode.l10n.t('What must a good answer say? Write words or short phrases, separated by commas.'),
    vscode.l10n.t('2 to 4 days'),
  );
  if (said === undefined) return;

  const says = said
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean);
  const model = settings.model ?? (await editorModel());
  const { files } = await engine.call('workspace/first', {
    asked,
    says,
    ...(model === undefined ? {} : { model }),
  });
  await write(listing.root, files);
  await runFirst(engine);
}

/** Undefined when the person goes away. */
async function askText(title: string, prompt: string, placeHolder: string): Promise<string | undefined> {
  const text = await vscode.window.showInputBox({
    title,
    prompt,
    placeHolder,
    ignoreFocusOut: true,
    validateInput: (typed) =>
      typed.replaceAll(',', '').trim() === '' ? vscode.l10n.t('Enter some text.') : undefined,
  });
  return text?.trim();
}

/** A model that the editor offers needs no key of the person's. */
async function editorModel(): Promise<string | undefined> {
  const [first] = await vscode.lm.selectChatModels();
  return first && `vscode/${first.vendor}/${first.id}`;
}

/** Refused by the editor where one of them has come into being since. */
async function write(root: string, files: readonly { path: string; text: string }[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const uris = files.map(({ path: file }) => vscode.Uri.file(path.join(root, file)));
  for (const [at, { text }] of files.entries()) {
    const uri = uris[at];
    if (uri) edit.createFile(uri, { contents: new TextEncoder().encode(text), overwrite: false });
  }
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new PlainError(vscode.l10n.t('The files could not be written. Nothing was changed.'));
  for (const uri of uris.toReversed()) await vscode.window.showTextDocument(uri, { preview: false });
}

async function runFirst(engine: EngineClient): Promise<void> {
  const { suites } = await engine.call('workspace/list', {});
  const [suite] = suites;
  if (suite) await vscode.commands.executeCommand('touchstone.runSuite', { suite: suite.name });
}

async function offerConfiguration(file: string): Promise<void> {
  const open = vscode.l10n.t('Open {0}', path.basename(file));
  const message = vscode.l10n.t('This folder already has an evaluation.');
  if ((await vscode.window.showInformationMessage(message, open)) === open)
    await vscode.window.showTextDocument(vscode.Uri.file(file));
}
