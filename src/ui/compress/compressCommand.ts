import * as vscode from 'vscode';
import type { CompressionPlan } from '../../protocol/compressCalls.ts';
import { toRange } from '../language/ranges.ts';
import type { Compressor, Goal } from './compressor.ts';
import { type CompressRequest, readCompressRequest } from './compressRequest.ts';
import { ruleText, shareSaved } from './ruleTexts.ts';

/**
 * Compresses a prompt, or a stretch of it: works the edit out, shows it in the editor's own refactor preview, and
 * applies what the person leaves chosen as one step of undo.
 */
export async function compressPrompt(given: unknown, compressor: Compressor): Promise<void> {
  const { document, within, goal } = await readCompressRequest(given);
  const chosen = goal === 'ask' ? await askGoal(document, compressor, within) : goal;
  if (!chosen) return;
  const plan = await compressor.plan(document, chosen, within);
  if (!plan) return noPrompt();
  if (plan.edits.length === 0) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Nothing can be saved here.'));
    return;
  }
  const applied = await vscode.workspace.applyEdit(previewed(document, plan), { isRefactoring: true });
  if (applied && plan.targetMet === false) {
    const message = vscode.l10n.t('The prompt still has {0} tokens: the rest is protected.', plan.after);
    void vscode.window.showWarningMessage(message);
  }
}

/** One entry for each change, so that each can be left out; the editor shows it before it is applied. */
export function previewed(document: vscode.TextDocument, plan: CompressionPlan): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  const description = `${plan.before} → ${plan.after} (${shareSaved(plan.before, plan.after)})`;
  for (const { text, rules, ...span } of plan.edits) {
    const label = rules.map(ruleText).join(', ');
    edit.replace(document.uri, toRange(span), text, { needsConfirmation: true, label, description });
  }
  return edit;
}

async function askGoal(
  document: vscode.TextDocument,
  compressor: Compressor,
  within: CompressRequest['within'],
): Promise<Goal | undefined> {
  const offers = await compressor.offers(document, within);
  if (!offers) {
    noPrompt();
    return undefined;
  }
  const { before } = offers;
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t('Compress to a Token Target'),
    prompt: vscode.l10n.t('The whole prompt has {0} tokens. How many may it have?', before),
    value: String(Math.round(before * 0.8)),
    validateInput: (text) =>
      /^[1-9]\d{0,8}$/.test(text.trim()) && Number(text) < before
        ? undefined
        : vscode.l10n.t('Write a number from 1 to {0}.', before - 1),
  });
  return answer === undefined ? undefined : { targetTokens: Number(answer) };
}

function noPrompt(): void {
  void vscode.window.showInformationMessage(vscode.l10n.t('Open a prompt to compress it.'));
}
