import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CaseInRun } from '../ids.ts';
import { PlainError } from '../output/plainError.ts';
import { pickDataset } from './datasetPicker.ts';
import type { EditPreview } from './editPreview.ts';

type Draft = EngineCalls['dataset/add']['params']['case'];

/**
 * Adds a case: that of a result, else what is selected in the editor, else what the person types. `dataset`
 * (absolute path): where it goes; the person picks one where it is not given.
 */
export async function addCase(
  engine: EngineClient,
  preview: EditPreview,
  { result, dataset }: { result: CaseInRun | undefined; dataset: string | undefined },
): Promise<void> {
  const draft = result ? await draftOf(engine, result) : await draftFromEditor();
  if (!draft) return;
  const file = dataset ?? (await pickDataset(engine, vscode.l10n.t('Add Case to Dataset')));
  if (file === undefined) return;
  await preview.show(vscode.Uri.file(file), async (text) => {
    const { caseId, edits } = await engine.call('dataset/add', { path: file, text, case: draft });
    return { edits, title: vscode.l10n.t('Add the case {0}', caseId) };
  });
}

/** The case of a result, with an id of its own, so that it can go into the same dataset too. */
async function draftOf(engine: EngineClient, { runId, caseId, target }: CaseInRun): Promise<Draft> {
  const { results } = await engine.call('run/result', { runId, caseId });
  const result = results.find((one) => target === undefined || one.target === target);
  if (!result) throw new PlainError(vscode.l10n.t('There is no result for this case.'));
  const id = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Case to Dataset'),
    prompt: vscode.l10n.t('Id of the new case'),
    value: `${caseId}-2`,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Enter an id.') : undefined),
  });
  if (id === undefined) throw new vscode.CancellationError();
  const { input, expected_output, tags } = result;
  const asked = Array.isArray(input) ? { messages: input } : { input };
  const expected = isMap(expected_output) ? { expected_output } : {};
  return { id: id.trim(), ...asked, ...expected, ...(tags.length > 0 ? { tags } : {}) } as Draft;
}

async function draftFromEditor(): Promise<Draft | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selected = editor ? editor.document.getText(editor.selection).trim() : '';
  if (selected !== '') return { input: selected };
  const input = await vscode.window.showInputBox({
    title: vscode.l10n.t('Add Case to Dataset'),
    prompt: vscode.l10n.t('The input of the case. To use existing text, select it in an editor first.'),
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? vscode.l10n.t('Enter some text.') : undefined),
  });
  return input === undefined ? undefined : { input };
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
