import * as vscode from 'vscode';
import type { PromptTokens } from '../../protocol/tokenCalls.ts';
import type { CommandId } from '../ids.ts';
import { messageLine } from './messageLine.ts';
import type { HeadTokens, PromptCounts } from './promptCounts.ts';
import { changeText, costText, rangeText, shareText, tokensText } from './tokenText.ts';
import { withVariables } from './withVariables.ts';

const SHOW: CommandId = 'touchstone.showTokens';

/** Tokens, cost, share of the context window and the change since HEAD: above a prompt and each of its messages. */
export class TokenLenses implements vscode.CodeLensProvider {
  readonly #counts: PromptCounts;
  readonly onDidChangeCodeLenses: vscode.Event<void>;

  constructor(counts: PromptCounts) {
    this.#counts = counts;
    this.onDidChangeCodeLenses = counts.onDidChange;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const tokens = await this.#counts.tokens(document);
    if (!tokens) return [];
    const head = this.#counts.head(document, tokens);
    const sent = withVariables(tokens, this.#counts.adds(document));
    const lenses = [lens(document, 0, promptTitle(tokens, sent, head), sent)];
    // One message is the whole prompt.
    if (tokens.messages.length < 2) return lenses;
    const comparable = head?.messages.length === tokens.messages.length ? head : null;
    for (const [index, message] of tokens.messages.entries()) {
      const title = [
        `${message.role}: ${tokensText(message.tokens)}`,
        message.costUsd === null ? '' : costText(message.costUsd),
        shareText(message.tokens, tokens.contextWindow),
        changed(message.tokens.tokens, comparable?.messages[index]),
      ];
      lenses.push(lens(document, messageLine(document, message.line), joined(title), tokens));
    }
    return lenses;
  }
}

/** Of what is sent with typical values; the change since HEAD is that of the file. */
function promptTitle(tokens: PromptTokens, sent: PromptTokens, head: HeadTokens): string {
  return joined([
    sent === tokens
      ? tokensText(tokens.total)
      : vscode.l10n.t('{0} with typical values', tokensText(sent.total)),
    sent.costUsd === null
      ? vscode.l10n.t('price of {0} unknown', tokens.model)
      : vscode.l10n.t('{0} input per call', costText(sent.costUsd)),
    shareText(sent.total, tokens.contextWindow),
    changeText(tokens.total.tokens, head?.total),
    tokens.model,
  ]);
}

/** Of a message only what is different says something. */
function changed(now: number, before: number | undefined): string {
  return now === before ? '' : changeText(now, before);
}

function lens(
  document: vscode.TextDocument,
  line: number,
  title: string,
  tokens: PromptTokens,
): vscode.CodeLens {
  const range = rangeText(tokens.total);
  const tooltip = range === '' ? tokens.basis : vscode.l10n.t('Between {0} tokens: {1}', range, tokens.basis);
  const at = new vscode.Position(Math.min(line, document.lineCount - 1), 0);
  return new vscode.CodeLens(new vscode.Range(at, at), {
    title,
    tooltip,
    command: SHOW,
    arguments: [{ path: document.uri.fsPath }],
  });
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}
