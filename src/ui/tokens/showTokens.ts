import * as vscode from 'vscode';
import { formatCount } from '../../engine/model/figures.ts';
import type { PromptBreakdown } from '../../protocol/tokenCalls.ts';
import type { Settings } from '../settings/settings.ts';
import type { PromptCounts } from './promptCounts.ts';
import { costText, rangeText, shareText, tokensText } from './tokenText.ts';

type ModelItem = vscode.QuickPickItem & { reference?: string };

/** Lists what a prompt costs by model; the chosen one becomes the model of this window. */
export async function showTokens(given: unknown, counts: PromptCounts, settings: Settings): Promise<void> {
  const document = await documentOf(given);
  const found = document && (await counts.ask('token/breakdown', document));
  if (!found) {
    void vscode.window.showInformationMessage(vscode.l10n.t('Open a prompt to see its tokens.'));
    return;
  }
  const chosen = await vscode.window.showQuickPick(items(found), {
    title: vscode.l10n.t('Tokens and Cost: {0}', tokensText(found.prompt.total)),
    placeHolder: vscode.l10n.t('Choose the model for token counts and runs in this window'),
    matchOnDescription: true,
  });
  if (chosen?.reference) await settings.setModel(chosen.reference);
}

/** Arguments come from anywhere. */
async function documentOf(given: unknown): Promise<vscode.TextDocument | undefined> {
  if (typeof given === 'object' && given !== null && 'path' in given && typeof given.path === 'string')
    return vscode.workspace.openTextDocument(vscode.Uri.file(given.path));
  return vscode.window.activeTextEditor?.document;
}

function items({ prompt, parts, models }: PromptBreakdown): ModelItem[] {
  const { t } = vscode.l10n;
  const shares: [string, number | null][] = [
    [t('system'), parts.system],
    [t('examples'), parts.examples],
    [t('user'), parts.user],
    [t('tools'), parts.tools],
    [t('response format'), parts.responseFormat],
    [t('message separators'), parts.marks],
    [t('typical variables, in addition'), parts.variables],
  ];
  return [
    { label: t('Models'), kind: vscode.QuickPickItemKind.Separator },
    ...models.map(({ name, tokens, costUsd, contextWindow }) => ({
      label: name,
      description: [
        tokensText(tokens),
        rangeText(tokens),
        costText(costUsd),
        shareText(tokens, contextWindow),
      ]
        .filter((part) => part !== '')
        .join(' · '),
      ...(name === prompt.reference ? { detail: t('counted just now') } : {}),
      // A name alone belongs to no provider of this workspace.
      ...(name.includes('/') ? { reference: name } : {}),
    })),
    { label: t('Parts'), kind: vscode.QuickPickItemKind.Separator },
    ...shares.flatMap(([label, count]) =>
      count === null || count === 0 ? [] : [{ label, description: formatCount(count) }],
    ),
  ];
}
