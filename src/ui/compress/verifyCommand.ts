import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineCalls } from '../../protocol/calls.ts';
import { comparisonWord } from '../../protocol/comparisonWord.ts';
import { ComparisonEnds } from '../compare/comparisonEnds.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { isFileAt } from '../files/samePath.ts';
import { PlainError } from '../output/plainError.ts';
import { approveCost } from '../runs/approveCost.ts';
import type { Settings } from '../settings/settings.ts';
import { gainText, notPrompt, planTitle } from './compressCommand.ts';
import type { Compressor } from './compressor.ts';
import { readPromptRequest } from './compressRequest.ts';

type Verdict = EngineCalls['compare/result']['result']['comparison']['verdict'];

interface VerifyPorts {
  engine: EngineClient;
  settings: Settings;
  compressor: Compressor;
  preview: EditPreview;
}

/**
 * Runs the suites of a prompt with it as it is and with it compressed (safe), and offers the edit together with
 * what the comparison says. The file stays as it is until the person applies the edit.
 */
export async function compressAndVerify(given: unknown, ports: VerifyPorts): Promise<void> {
  const document = await readPromptRequest(given);
  const before = document.getText();
  const plan = await ports.compressor.plan(document, { level: 'safe' });
  if (!plan) throw notPrompt();
  if (plan.edits.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing to compress here.'));
    return;
  }
  if (!(await approved(document, ports))) return;
  const verdicts = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Running the suites that use this prompt, before and after'),
      cancellable: true,
    },
    (progress, token) =>
      compare({ path: document.uri.fsPath, before, after: plan.text }, ports, progress, token),
  );
  const worst = worstOf(verdicts);
  if (!worst) return;
  const reason = vscode.l10n.t('Quality: {0}, {1}', worst.word, worst.reason);
  if (worst.word === 'worse' || worst.word === 'mixed') {
    const show = vscode.l10n.t('Show Edit Anyway');
    if ((await vscode.window.showWarningMessage(`${planTitle(plan)}. ${reason}`, show)) !== show) return;
  }
  await ports.preview.show(document.uri, async (now) => {
    // What was compared is the text as it was: nothing is known of another one.
    if (now !== before) throw new PlainError(vscode.l10n.t('The prompt has changed since it was verified.'));
    return { edits: plan.edits, title: planTitle(plan), reason: `${reason} ${gainText(plan)}`.trim() };
  });
}

/** Each suite of the prompt is run twice, and may cost twice as much as one run of it. */
async function approved(document: vscode.TextDocument, { engine, settings }: VerifyPorts): Promise<boolean> {
  const { root, suites } = await engine.call('workspace/list', {});
  const { model, allowScripts: scripts } = settings;
  for (const { name, targets } of suites) {
    const own = targets.filter(
      ({ prompt }) => prompt !== undefined && isFileAt(root, prompt, document.uri.fsPath),
    );
    if (own.length === 0) continue;
    const overrides = {
      targets: own.map((target) => target.name),
      ...(model === undefined ? {} : { model }),
    };
    if (!(await approveCost({ suite: name, overrides, scripts }, { engine, settings }, undefined, 2)))
      return false;
  }
  return true;
}

/** Empty when it was cancelled. Rejects with what broke a comparison, and when the engine goes meanwhile. */
async function compare(
  texts: { path: string; before: string; after: string },
  { engine, settings }: VerifyPorts,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<Verdict[]> {
  const ends = new ComparisonEnds(engine);
  const shown = engine.on('compare/progress', ({ done, trials }) =>
    progress.report({ message: `${done}/${trials}` }),
  );
  try {
    const { model = null, allowScripts: scripts } = settings;
    const { comparisons } = await engine.call('compress/verify', { ...texts, model, scripts }, token);
    const ids = comparisons.map(({ id }) => id);
    const finished = await ends.wait(ids, token);

    const broken = finished.find(({ failure }) => failure !== undefined);
    if (broken?.failure) throw new CallFailure('compress/verify', broken.failure);
    if (finished.some(({ outcome }) => outcome !== 'complete')) return [];
    const results = await Promise.all(ids.map((id) => engine.call('compare/result', { id })));
    return results.map(({ comparison }) => comparison.verdict);
  } finally {
    shown.dispose();
    ends.dispose();
  }
}

/** Several suites say as much as the one that says the worst. */
function worstOf(verdicts: readonly Verdict[]): Verdict | undefined {
  const { options } = comparisonWord;
  return verdicts.toSorted((a, b) => options.indexOf(a.word) - options.indexOf(b.word))[0];
}
