import path from 'node:path';
import * as vscode from 'vscode';
import type { CaseResult } from '../../protocol/runEntries.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CaseInRun } from '../ids.ts';
import { PlainError } from '../output/plainError.ts';
import type { EditPreview } from './editPreview.ts';
import { heldToMore } from './heldToMore.ts';

/** Makes what a target said the reference answer of its case, after the person has seen the change. */
export async function acceptOutput(
  engine: EngineClient,
  preview: EditPreview,
  wanted: CaseInRun,
): Promise<void> {
  const result = await chooseResult(engine, wanted);
  if (!result) return;
  if (!(await isWanted(result))) return;
  const file = await datasetOf(engine, result);
  const { case_id: caseId, output } = result;
  const isShown = await preview.show(vscode.Uri.file(file), async (text) => {
    const { edits } = await engine.call('dataset/expect', { path: file, text, caseId, answer: output.text });
    return { edits, title: vscode.l10n.t('Accept the output of {0}', caseId) };
  });
  if (!isShown) {
    void vscode.window.showInformationMessage(vscode.l10n.t('This output is already the expected one.'));
    return;
  }
}

/** Where the case stays red with this answer, the person hears of it before anything is changed. */
async function isWanted(result: CaseResult): Promise<boolean> {
  const others = heldToMore(result);
  if (others.length === 0) return true;
  const set = vscode.l10n.t('Set Answer Anyway');
  const detail = vscode.l10n.t(
    'The output also failed {0}, which does not check the answer. To make the case pass, change that expectation in the dataset or improve the output.',
    others.join(', '),
  );
  const message = vscode.l10n.t('Accepting this output will not make {0} pass.', result.case_id);
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, set)) === set;
}

/** Only a whole output can be expected. Equal outputs of several trials are one choice. */
async function chooseResult(engine: EngineClient, wanted: CaseInRun): Promise<CaseResult | undefined> {
  const { results } = await engine.call('run/result', { runId: wanted.runId, caseId: wanted.caseId });
  const whole = results.filter(
    ({ output, target, trial }) =>
      output.status === 'complete' &&
      (wanted.target ?? target) === target &&
      (wanted.trial ?? trial) === trial,
  );
  const choices = [...Map.groupBy(whole, ({ output }) => output.text).values()].flatMap(
    ([first]) => first ?? [],
  );
  const [only, another] = choices;
  if (!only) throw new PlainError(vscode.l10n.t('This case has no complete output to accept.'));
  if (!another) return only;
  const items = choices.map((result) => ({
    label: result.output.text.replace(/\s+/g, ' ').slice(0, 120),
    description: vscode.l10n.t('{0}, trial {1}', result.target, result.trial + 1),
    result,
  }));
  const title = vscode.l10n.t('Accept Output as Expected: {0}', wanted.caseId);
  return (await vscode.window.showQuickPick(items, { title }))?.result;
}

/** The file that the case stands in. */
async function datasetOf(engine: EngineClient, { location }: CaseResult): Promise<string> {
  const [, file] = /^(.*):\d+:\d+$/.exec(location ?? '') ?? [];
  if (file === undefined) throw new PlainError(vscode.l10n.t('The file of this case is unknown.'));
  const { root } = await engine.call('workspace/list', {});
  return path.resolve(root, file);
}
