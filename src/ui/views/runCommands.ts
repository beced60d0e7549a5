import * as vscode from 'vscode';
import { dateText } from '../dateText.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { runFrom } from '../report/runArgument.ts';

/** Deletes a run after the person has agreed. False when they did not. */
export async function deleteRun(given: unknown, engine: EngineClient): Promise<boolean> {
  const run = await runFrom(given, engine);
  if (!run) return false;
  const { run: head } = await engine.call('run/summary', { runId: run.runId });
  const remove = vscode.l10n.t('Delete');
  const date = dateText(head.created_at);
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete the run of {0} from {1}?', head.suite, date),
    { modal: true, detail: vscode.l10n.t('This deletes its results and traces and cannot be undone.') },
    remove,
  );
  if (answer !== remove) return false;
  await engine.call('run/delete', { runId: run.runId });
  return true;
}
