import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import { changeCount, fileCount } from '../counts.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CaseInRun } from '../ids.ts';
import type { Problems } from '../language/problems.ts';
import type { Output } from '../output/output.ts';
import { PlainError } from '../output/plainError.ts';
import { allResults } from '../runs/resultPages.ts';
import { fileArgument, resultArgument } from '../runs/runArguments.ts';
import { acceptOutput } from './acceptOutput.ts';
import { addCase } from './addCase.ts';
import { datasetFor } from './datasetPicker.ts';
import type { EditPreview } from './editPreview.ts';
import { importDataset } from './importDataset.ts';

export interface DatasetPorts {
  engine: EngineClient;
  problems: Problems;
  preview: EditPreview;
  output: Output;
  /** The result that an item or message of the Test Explorer stands for. */
  resultOf(given: unknown): CaseInRun | undefined;
}

/** The commands that check and change datasets. */
export function registerDatasetCommands(ports: DatasetPorts): vscode.Disposable {
  const { engine, preview, output, resultOf } = ports;
  const result = (given: unknown) => resultArgument(given) ?? resultOf(given);
  return vscode.Disposable.from(
    registerCommand('touchstone.validateWorkspace', () => validate(ports), output),
    registerCommand('touchstone.upgradeDataset', (given) => upgrade(engine, preview, given), output),
    registerCommand(
      'touchstone.importDataset',
      (given) => importDataset(engine, preview, output, given),
      output,
    ),
    registerCommand(
      'touchstone.addCase',
      (given) => addCase(engine, preview, { result: result(given), dataset: datasetArgument(given) }),
      output,
    ),
    registerCommand('touchstone.acceptOutput', (given) => accept(engine, preview, result(given)), output),
  );
}

/** A dataset of the Datasets view. The menu of an editor gives its file too, which is where the text comes from. */
function datasetArgument(given: unknown): string | undefined {
  return given instanceof vscode.Uri ? undefined : fileArgument(given);
}

async function validate({ engine, problems }: DatasetPorts): Promise<void> {
  await vscode.workspace.saveAll(false);
  const found = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Validating the workspace'),
      cancellable: true,
    },
    (_progress, token) => engine.call('workspace/validate', {}, token),
  );
  problems.showAll(found.problems);
  if (found.problems.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No problems found ({0} checked).', fileCount(found.files)),
    );
    return;
  }
  await vscode.commands.executeCommand('workbench.actions.view.problems');
}

async function upgrade(engine: EngineClient, preview: EditPreview, given: unknown): Promise<void> {
  const document = await datasetFor(engine, given, vscode.l10n.t('Upgrade Dataset'));
  if (!document) return;
  let newest = '';
  const isShown = await preview.show(document.uri, async (text) => {
    const wanted = { path: document.uri.fsPath, text };
    const { from, to, changes, edits } = await engine.call('dataset/upgrade', wanted);
    newest = to;
    const title = vscode.l10n.t(
      'Upgrade from schema {0} to {1} ({2})',
      from,
      to,
      changeCount(changes.length),
    );
    return { edits, title };
  });
  if (isShown) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t('The dataset already has the newest schema, {0}.', newest),
  );
}

/** Of the given result, else of a failed case of the newest run that the person chooses. */
async function accept(
  engine: EngineClient,
  preview: EditPreview,
  given: CaseInRun | undefined,
): Promise<void> {
  const wanted = given ?? (await pickFailed(engine));
  if (wanted) await acceptOutput(engine, preview, wanted);
}

async function pickFailed(engine: EngineClient): Promise<CaseInRun | undefined> {
  const [run] = (await engine.call('run/list', { limit: 1 })).runs;
  if (!run)
    throw new PlainError(vscode.l10n.t('There are no runs yet. Run “Touchstone: Run Evaluation…” first.'));
  const filter = { statuses: ['failed' as const] };
  const rows = await allResults(engine, run.id, filter);
  if (rows.length === 0) throw new PlainError(vscode.l10n.t('No cases failed in the last run.'));
  const items = rows.map((row) => ({
    label: row.case_id,
    description: `${row.target}, ${row.reason}`,
    detail: row.output,
    row,
  }));
  const title = vscode.l10n.t('Accept Output as Expected');
  const chosen = await vscode.window.showQuickPick(items, { title, matchOnDescription: true });
  return (
    chosen && {
      runId: run.id,
      caseId: chosen.row.case_id,
      target: chosen.row.target,
      trial: chosen.row.trial,
    }
  );
}
