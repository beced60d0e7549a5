import * as vscode from 'vscode';
import { formatCost, formatCount } from '../../engine/model/figures.ts';
import type { CompressionPlan } from '../../protocol/compressCalls.ts';
import type { EditPreview } from '../datasets/editPreview.ts';
import { PlainError } from '../output/plainError.ts';
import type { Compressor, Goal } from './compressor.ts';
import { readCompressRequest } from './compressRequest.ts';
import { shareSaved } from './ruleTexts.ts';

/**
 * Compresses a prompt, or a stretch of it: works the edit out and shows it in a comparison, where the person
 * applies or discards it. Applied, it is one step of undo.
 */
export async function compressPrompt(
  given: unknown,
  compressor: Compressor,
  preview: EditPreview,
): Promise<void> {
  const { document, within, goal } = await readCompressRequest(given);
  const chosen = goal === 'ask' ? await askGoal(document, compressor, within) : goal;
  if (!chosen) return;
  let missed: CompressionPlan | undefined;
  const whole = document.getText();
  const isShown = await preview.show(document.uri, async (text) => {
    // A stretch is known by where it stood.
    if (within && text !== whole)
      throw new PlainError(vscode.l10n.t('The prompt has changed. Select the text again.'));
    const plan = await compressor.plan(document, chosen, within);
    if (!plan) throw notPrompt();
    missed = plan.targetMet === false ? plan : undefined;
    return { edits: plan.edits, title: planTitle(plan), reason: gainText(plan) };
  });
  if (!isShown) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing to compress here.'));
    return;
  }
  if (missed) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'The prompt cannot go below {0} tokens: the rest is protected.',
        formatCount(missed.after),
      ),
    );
  }
}

/** `Compress from 55 to 44 tokens (−20 %, $0.028 less per 1,000 calls)`. */
export function planTitle({ before, after }: CompressionPlan): string {
  const [from, to] = [formatCount(before), formatCount(after)];
  return vscode.l10n.t('Compress from {0} to {1} tokens ({2})', from, to, shareSaved(before, after));
}

/** What a compression means for money; empty where nothing is known. */
export function gainText({ savedPer1000Usd, losesCache }: CompressionPlan): string {
  const { t } = vscode.l10n;
  const saves = savedPer1000Usd !== null && savedPer1000Usd > 0;
  return [
    saves ? t('Saves {0} per 1,000 calls.', formatCost(savedPer1000Usd)) : '',
    losesCache ? t('The prompt becomes too short for the provider’s cache.') : '',
  ]
    .filter(Boolean)
    .join(' ');
}

export function notPrompt(): PlainError {
  return new PlainError(
    vscode.l10n.t('This file could not be read as a prompt. Open a prompt to compress it.'),
  );
}

async function askGoal(
  document: vscode.TextDocument,
  compressor: Compressor,
  within: vscode.Range | undefined,
): Promise<Goal | undefined> {
  const offers = await compressor.offers(document, within);
  if (!offers) throw notPrompt();
  const { before } = offers;
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Compress to a Token Target'),
    prompt: vscode.l10n.t('The whole prompt has {0} tokens. Enter a target.', formatCount(before)),
    value: String(Math.round(before * 0.8)),
    validateInput: (text) =>
      /^[1-9]\d{0,8}$/.test(text.trim()) && Number(text) < before
        ? undefined
        : vscode.l10n.t('Enter a number from 1 to {0}.', before - 1),
  });
  return answer === undefined ? undefined : { targetTokens: Number(answer) };
}
