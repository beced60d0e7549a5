import path from 'node:path';
import * as vscode from 'vscode';
import { formatCount } from '../../engine/model/figures.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { ImportTally } from '../../protocol/datasetCalls.ts';
import { caseCount } from '../counts.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { fileArgument } from '../runs/runArguments.ts';
import { workspaceFolder } from '../workspaceFolder.ts';
import { pickDataset } from './datasetPicker.ts';
import type { EditPreview } from './editPreview.ts';

type ImportedInto = EngineCalls['dataset/importInto']['result'];

interface Foreign {
  files: string[];
  from?: string;
}

/** Imports cases of other tools into a new dataset, or into an existing one after a preview. */
export async function importDataset(
  engine: EngineClient,
  preview: EditPreview,
  output: Output,
  given: unknown,
): Promise<void> {
  const files = await filesFor(given);
  if (!files) return;
  const goal = await pickGoal();
  if (goal === 'new') await importNew(engine, output, files);
  if (goal === 'add') await importInto(engine, preview, output, files);
}

async function filesFor(given: unknown): Promise<string[] | undefined> {
  const file = fileArgument(given);
  if (file !== undefined) return [file];
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Import Dataset'),
    openLabel: vscode.l10n.t('Import'),
    canSelectMany: true,
    filters: { [vscode.l10n.t('Data')]: ['yaml', 'yml', 'json', 'jsonl', 'csv'] },
  });
  return chosen?.map(({ fsPath }) => fsPath);
}

async function pickGoal(): Promise<'new' | 'add' | undefined> {
  const items = [
    { label: vscode.l10n.t('$(new-file) New golden dataset…'), goal: 'new' },
    { label: vscode.l10n.t('$(add) Add to a golden dataset…'), goal: 'add' },
  ] as const;
  const title = vscode.l10n.t('Import Dataset');
  return (await vscode.window.showQuickPick(items, { title }))?.goal;
}

async function importNew(engine: EngineClient, output: Output, files: string[]): Promise<void> {
  const [first = ''] = files;
  const name = path.basename(first).replace(/\.[^.]+$/, '');
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('New Golden Dataset'),
    defaultUri: vscode.Uri.joinPath(workspaceFolder().uri, 'datasets', `${name}.golden.yaml`),
    filters: { [vscode.l10n.t('Golden dataset')]: ['golden.yaml', 'golden.json', 'golden.jsonl'] },
  });
  if (!target) return;
  const { count, formats, tally } = await withFormat(engine, { files }, (foreign) =>
    engine.call('dataset/import', { ...foreign, path: target.fsPath }),
  );
  tell(output, vscode.l10n.t('Imported {0} from {1}.', caseCount(count), formats.join(', ')), tally);
  await vscode.window.showTextDocument(target);
}

async function importInto(
  engine: EngineClient,
  preview: EditPreview,
  output: Output,
  files: string[],
): Promise<void> {
  const file = await pickDataset(engine, vscode.l10n.t('Import into Dataset'));
  if (file === undefined) return;
  // The format is asked for once, however often the dataset changes meanwhile.
  let chosen: Foreign = { files };
  let isTold = false;
  await preview.show(vscode.Uri.file(file), async (text) => {
    const result = await withFormat(engine, chosen, (foreign) => {
      chosen = foreign;
      return engine.call('dataset/importInto', { ...foreign, path: file, text });
    });
    if (!isTold) tell(output, addedText(result), result.tally);
    isTold = true;
    return { edits: result.edits, title: vscode.l10n.t('Add {0}', caseCount(result.added)) };
  });
}

function addedText({ added, same, different, formats }: ImportedInto): string {
  return vscode.l10n.t(
    'Adding {0} from {1}; {2} already present.',
    caseCount(added),
    formats.join(', '),
    formatCount(same.length + different.length),
  );
}

/** Asks for the format when it cannot be detected from the records. */
async function withFormat<T>(
  engine: EngineClient,
  foreign: Foreign,
  work: (foreign: Foreign) => Promise<T>,
): Promise<T> {
  try {
    return await work(foreign);
  } catch (error) {
    if (!isUnclear(error)) throw error;
    const { formats } = await engine.call('dataset/importFormats', {});
    const items = formats.map(({ name, title, fields }) => ({ label: title, description: fields, name }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t('Import Dataset'),
      placeHolder: vscode.l10n.t('The tool that wrote the file'),
      matchOnDescription: true,
    });
    if (!chosen) throw new vscode.CancellationError();
    return work({ ...foreign, from: chosen.name });
  }
}

/** Whether naming the format could help. */
function isUnclear(error: unknown): boolean {
  return (
    error instanceof CallFailure &&
    error.failure.kind === 'user' &&
    (error.failure.remedy?.includes('--from') ?? false)
  );
}

/** Shows the result; fields without a counterpart are listed in the output. */
function tell(output: Output, message: string, { kept, dropped, notes }: ImportTally): void {
  output.log('info', message);
  const lines = (title: string, counts: { [what: string]: number }) =>
    Object.entries(counts).map(([what, count]) => `${title}: ${what} (${count})`);
  for (const line of [
    ...lines('kept as metadata', kept),
    ...lines('dropped', dropped),
    ...lines('notes', notes),
  ])
    output.log('info', line);
  const show = vscode.l10n.t('Show Output');
  void vscode.window.showInformationMessage(message, show).then((answer) => {
    if (answer === show) output.show();
  });
}
