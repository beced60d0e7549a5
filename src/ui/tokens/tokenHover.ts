import * as vscode from 'vscode';
import { formatCount } from '../../engine/model/figures.ts';
import type { PromptBreakdown } from '../../protocol/tokenCalls.ts';
import { messageLine } from './messageLine.ts';
import type { PromptCounts } from './promptCounts.ts';
import { costText, countText, rangeText, shareText } from './tokenText.ts';

/** On the first line of a prompt and of each message: what the tokens are spent on, and what other models cost. */
export class TokenHover implements vscode.HoverProvider {
  readonly #counts: PromptCounts;

  constructor(counts: PromptCounts) {
    this.#counts = counts;
  }

  async provideHover(
    document: vscode.TextDocument,
    { line }: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    const tokens = await this.#counts.tokens(document);
    const begins = tokens?.messages.some((message) => messageLine(document, message.line) === line);
    if (!tokens || (line > 0 && !begins)) return undefined;
    const found = await this.#counts.ask('token/breakdown', document, token);
    return found && new vscode.Hover(hoverText(found), document.lineAt(line).range);
  }
}

function hoverText({ prompt, parts, models, pricesOf }: PromptBreakdown): vscode.MarkdownString {
  const { t } = vscode.l10n;
  const text = new vscode.MarkdownString();
  text.appendMarkdown(`**${t('Tokens')}** — `).appendText(`${prompt.model}: ${countText(prompt.total)}`);
  const range = rangeText(prompt.total);
  if (range !== '') text.appendText(` (${range})`);
  const rows: [string, number][] = [
    [t('system'), parts.system],
    [t('examples'), parts.examples],
    [t('user'), parts.user],
    [t('tools'), parts.tools],
    [t('response format'), parts.responseFormat],
    [t('message separators'), parts.marks],
  ];
  text.appendMarkdown(`\n\n| ${t('part')} | ${t('tokens')} |\n| :-- | --: |\n`);
  for (const [name, count] of rows)
    if (count !== 0) text.appendMarkdown(`| ${name} | ${formatCount(count)} |\n`);
  if (parts.variables !== null)
    text.appendMarkdown(`| ${t('typical variables, in addition')} | ${formatCount(parts.variables)} |\n`);
  text.appendMarkdown(`\n| ${t('model')} | ${t('tokens')} | ${t('input per call')} | ${t('context')} |\n`);
  text.appendMarkdown('| :-- | --: | --: | --: |\n');
  for (const { name, tokens, costUsd, contextWindow } of models) {
    const share = shareText(tokens, contextWindow);
    text.appendMarkdown('| ').appendText(name);
    text.appendMarkdown(` | ${countText(tokens)} | ${costText(costUsd)} | ${share} |\n`);
  }
  text.appendMarkdown('\n').appendText(prompt.basis);
  return text.appendMarkdown(`\n\n${t('List prices as of {0}; set your own in touchstone.yaml.', pricesOf)}`);
}
