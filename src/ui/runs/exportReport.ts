import path from 'node:path';
import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import { dateText } from '../dateText.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { PlainError } from '../output/plainError.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import { runArgument } from './runArguments.ts';

/** Export report…: a stored run in one of the forms that reports have. */
export function registerExport(engine: EngineClient, output: Output): vscode.Disposable {
  return registerCommand('touchstone.exportReport', (given) => exportReport(engine, given), output);
}

async function exportReport(engine: EngineClient, given: unknown): Promise<void> {
  const { runId, file: chosen } = (given ?? {}) as { runId?: unknown; file?: unknown };
  const id = runArgument({ runId }) ?? (await pickRun(engine));
  if (id === undefined) return;
  const file = typeof chosen === 'string' && path.isAbsolute(chosen) ? chosen : await askFile(engine, id);
  if (file === undefined) return;
  await engine.call('run/export', { runId: id, file });
  void offerToOpen(file);
}

async function pickRun(engine: EngineClient): Promise<string | undefined> {
  const { runs } = await engine.call('run/list', { limit: 100 });
  if (runs.length === 0) {
    throw new PlainError(vscode.l10n.t('There are no runs yet. Run “Touchstone: Run Evaluation…” first.'));
  }
  const items = runs.map(({ id, suite, created_at, counts, trials }) => ({
    label: suite,
    description: vscode.l10n.t('{0} of {1} passed', counts.passed, trials),
    detail: dateText(created_at),
    id,
  }));
  const title = vscode.l10n.t('Export Report');
  return (await vscode.window.showQuickPick(items, { title, matchOnDetail: true }))?.id;
}

/** The form is chosen first: it decides the ending, whatever the dialog makes of a name. */
async function askFile(engine: EngineClient, runId: string): Promise<string | undefined> {
  const { formats } = await engine.call('run/exportFormats', {});
  const items = formats.map(({ endings: [ending = ''], purpose }) => ({
    label: ending,
    description: purpose,
  }));
  const title = vscode.l10n.t('Export Report');
  const form = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  if (!form) return undefined;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.joinPath(workspaceFolder().uri, `${runId}${form.label}`),
    filters: { [form.description]: [form.label.slice(1)] },
  });
  if (!target) return undefined;
  const name = target.fsPath;
  return name.toLowerCase().endsWith(form.label) ? name : `${name}${form.label}`;
}

async function offerToOpen(file: string): Promise<void> {
  const open = vscode.l10n.t('Open');
  const message = vscode.l10n.t('Report written to {0}.', path.basename(file));
  if ((await vscode.window.showInformationMessage(message, open)) !== open) return;
  const uri = vscode.Uri.file(file);
  await (file.endsWith('.html')
    ? vscode.env.openExternal(uri)
    : vscode.commands.executeCommand('vscode.open', uri));
}
