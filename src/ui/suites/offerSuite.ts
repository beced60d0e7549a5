import path from 'node:path';
import * as vscode from 'vscode';
import type { Suite } from '../../protocol/workspaceCalls.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';

interface SuitePorts {
  engine: EngineClient;
  preview: EditPreview;
}

/** Says that no suite tests a prompt (absolute path), and offers to add it to one. */
export async function offerSuite({ engine, preview }: SuitePorts, prompt: string): Promise<void> {
  const { root, configPath, suites } = await engine.call('workspace/list', {});
  const add =
    configPath === null ? vscode.l10n.t('Create First Evaluation…') : vscode.l10n.t('Add to Suite…');
  const message = vscode.l10n.t('No suite tests {0}.', path.basename(prompt));
  if ((await vscode.window.showWarningMessage(message, add)) !== add) return;
  if (configPath === null) {
    await vscode.commands.executeCommand('touchstone.createEvaluation');
    return;
  }
  const suite = await pickSuite(suites);
  if (!suite) return;
  await preview.show(vscode.Uri.file(path.join(root, configPath)), async (text) => {
    const { edits } = await engine.call('suite/addTarget', { suite: suite.name, prompt, text });
    return { edits, title: vscode.l10n.t('Add {0} to {1}', path.basename(prompt), suite.name) };
  });
}

async function pickSuite(suites: readonly Suite[]): Promise<Suite | undefined> {
  const [only, another] = suites;
  if (only && !another) return only;
  const items = suites.map((suite) => ({ label: suite.name, description: suite.datasets.join(', '), suite }));
  const title = vscode.l10n.t('Add to Suite');
  return (await vscode.window.showQuickPick(items, { title, matchOnDescription: true }))?.suite;
}
