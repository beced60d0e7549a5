import path from 'node:path';
import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { EngineEvents } from '../../protocol/events.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { approveCost } from '../runs/approveCost.ts';
import type { Settings } from '../settings/settings.ts';
import { notPrompt, planTitle } from './compressCommand.ts';
import type { Compressor } from './compressor.ts';
import { readPromptRequest } from './compressRequest.ts';

type Finished = EngineEvents['compare/finished'];
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
  const plan = await ports.compressor.plan(document, { level: 'safe' });
  if (!plan) throw notPrompt();
  if (plan.edits.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing can be saved here.'));
    return;
  }
  if (!(await approved(document, ports))) return;
  const verdicts = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Notification,
      title: vscode.l10n.t('Running the suites of this prompt before and after'),
      cancellable: true,
    },
    (progress, token) => compare(document, plan.text, ports, progress, token),
  );
  const worst = worstOf(verdicts);
  if (!worst) return;
  const text = vscode.l10n.t('{0}. Quality: {1}, {2}', planTitle(plan), worst.word, worst.reason);
  if (worst.word === 'worse') {
    const show = vscode.l10n.t('Show the Edit Anyway');
    if ((await vscode.window.showWarningMessage(text, show)) !== show) return;
  }
  await ports.preview.show(document, plan.edits, text);
}

/** Each suite of the prompt is run twice, and may cost twice as much as one run of it. */
async function approved(document: vscode.TextDocument, { engine, settings }: VerifyPorts): Promise<boolean> {
  const { root, suites } = await engine.call('workspace/list', {});
  const { model, allowScripts: scripts } = settings;
  for (const { name, targets } of suites) {
    const own = targets.filter(({ prompt }) => prompt && path.resolve(root, prompt) === document.uri.fsPath);
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

/** Empty when it was cancelled. Rejects with what broke a comparison. */
async function compare(
  document: vscode.TextDocument,
  after: string,
  { engine, settings }: VerifyPorts,
  progress: vscode.Progress<{ message: string }>,
  token: vscode.CancellationToken,
): Promise<Verdict[]> {
  const ends = new Map<string, PromiseWithResolvers<Finished>>();
  const endOf = (id: string): PromiseWithResolvers<Finished> => {
    const known = ends.get(id) ?? Promise.withResolvers<Finished>();
    ends.set(id, known);
    return known;
  };
  // Heard from the start: a short comparison may end as soon as it has begun.
  const listeners = vscode.Disposable.from(
    engine.on('compare/finished', (data) => endOf(data.id).resolve(data)),
    engine.on('compare/progress', ({ done, trials }) => progress.report({ message: `${done}/${trials}` })),
  );
  try {
    const texts = { path: document.uri.fsPath, before: document.getText(), after };
    const { model = null, allowScripts: scripts } = settings;
    const { comparisons } = await engine.call('compress/verify', { ...texts, model, scripts }, token);
    const cancel = (): void => {
      for (const { id } of comparisons) void engine.call('compare/cancel', { id }).catch(() => {});
    };
    const stop = token.onCancellationRequested(cancel);
    const finished = await Promise.all(comparisons.map(({ id }) => endOf(id).promise));
    stop.dispose();
    const broken = finished.find(({ failure }) => failure !== undefined);
    if (broken?.failure) throw new CallFailure('compress/verify', broken.failure);
    if (finished.some(({ outcome }) => outcome !== 'complete')) return [];
    const results = await Promise.all(comparisons.map(({ id }) => engine.call('compare/result', { id })));
    return results.map(({ comparison }) => comparison.verdict);
  } finally {
    listeners.dispose();
  }
}

/** Several suites say as much as the one that says the worst. */
function worstOf(verdicts: readonly Verdict[]): Verdict | undefined {
  const order: readonly Verdict['word'][] = ['worse', 'undecided', 'equivalent', 'better'];
  return verdicts.toSorted((a, b) => order.indexOf(a.word) - order.indexOf(b.word))[0];
}
