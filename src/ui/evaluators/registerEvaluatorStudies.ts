import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { PlainError } from '../output/plainError.ts';
import { runFrom } from '../report/runArgument.ts';
import { type Differences, showDifferences } from './differencePicker.ts';
import { StudyDocuments } from './studyDocuments.ts';

/** Agreement with the judge that calibrated thresholds must keep. */
const AGREEMENT = 0.95;

/** The command that compares two evaluators, and the documents that it opens. */
export function registerEvaluatorStudies(engine: EngineClient, output: Output): vscode.Disposable {
  const documents = new StudyDocuments(engine);
  return vscode.Disposable.from(
    documents,
    registerCommand(
      'touchstone.compareEvaluators',
      async (given) => {
        const run = await runFrom(given, engine);
        const pair = run && (await pickPair(engine, run.runId));
        const found = pair && (await showStudy(engine, documents, pair));
        // The answer to the message is not waited for: the command is done when the page is there.
        if (found) void offerDifferences(found).catch((error: unknown) => output.showError(error));
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
  if (names.length === 0) throw new PlainError(vscode.l10n.t('No evaluator scored any output in this run.'));
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
      description: vscode.l10n.t('asked again, run {0}', id),
      to: { second: first, again: id },
    })),
  ];
  if (others.length === 0) throw new PlainError(vscode.l10n.t('This run has only one evaluator.'));
  const second = await vscode.window.showQuickPick(others, {
    title,
    placeHolder: vscode.l10n.t('Compared with {0}', first),
  });
  return second && { runId, first, ...second.to };
}

/** The figures as a page; returns the outputs on which the two differ. */
async function showStudy(engine: EngineClient, documents: StudyDocuments, pair: Pair): Promise<Differences> {
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
  return { ...pair, differences, count };
}

/** In a message: the page is read first, and a list over it would be gone with the first click. */
async function offerDifferences(found: Differences): Promise<void> {
  const { first, second, count } = found;
  if (count === 0) return;
  const show = vscode.l10n.t('Show Differences');
  const text =
    count === 1
      ? vscode.l10n.t('{0} and {1} differ on 1 output.', first, second)
      : vscode.l10n.t('{0} and {1} differ on {2} outputs.', first, second, count);
  if ((await vscode.window.showInformationMessage(text, show)) === show) await showDifferences(found);
}
