import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { PlainError } from '../output/plainError.ts';
import { runFrom } from '../report/runArgument.ts';
import { showDifferences } from './differencePicker.ts';
import { StudyDocuments } from './studyDocuments.ts';

/** Agreement with the judge that calibrated thresholds must keep. */
const AGREEMENT = 0.95;

/** The command that holds two evaluators against each other, and the documents that it opens. */
export function registerEvaluatorStudies(engine: EngineClient, output: Output): vscode.Disposable {
  const documents = new StudyDocuments(engine);
  return vscode.Disposable.from(
    documents,
    registerCommand(
      'touchstone.compareEvaluators',
      async (given) => {
        const run = await runFrom(given, engine);
        const pair = run && (await pickPair(engine, run.runId));
        if (pair) await showStudy(engine, documents, pair);
      },
      output,
    ),
  );
}

/** Two evaluators of a run; with `again` both are the same one, the second as it judged there. */
interface Pair {
  runId: string;
  first: string;
  second: string;
  again?: string;
}

async function pickPair(engine: EngineClient, runId: string): Promise<Pair | undefined> {
  const { names, again } = await engine.call('evaluators/list', { runId });
  if (names.length === 0)
    throw new PlainError(vscode.l10n.t('No evaluator has scored anything in this run.'));
  const title = vscode.l10n.t('Compare Evaluators');
  const first = await vscode.window.showQuickPick(names, {
    title,
    placeHolder: vscode.l10n.t('The evaluator whose verdict counts'),
  });
  if (first === undefined) return undefined;
  const others: (vscode.QuickPickItem & { to: Omit<Pair, 'runId' | 'first'> })[] = [
    ...names.filter((name) => name !== first).map((name) => ({ label: name, to: { second: name } })),
    ...again.map((id) => ({
      label: first,
      description: vscode.l10n.t('asked once more, run {0}', id),
      to: { second: first, again: id },
    })),
  ];
  if (others.length === 0)
    throw new PlainError(vscode.l10n.t('This run has no second evaluator to compare with.'));
  const second = await vscode.window.showQuickPick(others, {
    title,
    placeHolder: vscode.l10n.t('Compared with {0}', first),
  });
  return second && { runId, first, ...second.to };
}

/** The figures as a page, and the outputs on which the two differ to go through. */
async function showStudy(engine: EngineClient, documents: StudyDocuments, pair: Pair): Promise<void> {
  const { markdown, differences, count } = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Comparing evaluators'),
      cancellable: true,
    },
    (_progress, token) => engine.call('evaluators/study', { ...pair, agreement: AGREEMENT }, token),
  );
  const page = documents.add(pair.first, pair.second, markdown);
  await vscode.commands.executeCommand('markdown.showPreview', page);
  if (differences.length === 0) return;
  await showDifferences({ ...pair, differences, count });
}
