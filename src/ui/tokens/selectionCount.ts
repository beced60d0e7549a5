import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { isCancellation, type Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import type { PromptCounts } from './promptCounts.ts';
import { costText, rangeText, tokensText } from './tokenText.ts';

/** Quiet time after the selection moved, in milliseconds. */
const PAUSE_MS = 40;

/** In the status bar: the tokens of what is selected, in any file; of the whole prompt where nothing is. */
export class SelectionCount implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #settings: Settings;
  readonly #counts: PromptCounts;
  readonly #output: Output;
  readonly #item: vscode.StatusBarItem;
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;
  #asked: AbortController | undefined;

  constructor(engine: EngineClient, settings: Settings, counts: PromptCounts, output: Output) {
    this.#engine = engine;
    this.#settings = settings;
    this.#counts = counts;
    this.#output = output;
    this.#item = vscode.window.createStatusBarItem('touchstone.tokens', vscode.StatusBarAlignment.Right, 101);
    this.#item.name = vscode.l10n.t('Touchstone: Tokens');
    const later = (): void => this.#later();
    this.#subscriptions = vscode.Disposable.from(
      this.#item,
      counts.onDidChange(later),
      vscode.window.onDidChangeActiveTextEditor(later),
      vscode.window.onDidChangeTextEditorSelection(later),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) later();
      }),
    );
    later();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
    this.#subscriptions.dispose();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#show(), PAUSE_MS);
  }

  async #show(): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    const editor = vscode.window.activeTextEditor;
    const selected = editor ? selectedText(editor) : '';
    try {
      if (editor && selected !== '') await this.#showSelection(editor.document, selected, asked.signal);
      else if (editor) await this.#showPrompt(editor.document, asked.signal);
      else this.#item.hide();
    } catch (error) {
      if (asked.signal.aborted || isCancellation(error)) return;
      this.#item.hide();
      this.#output.log('debug', `token/count: ${String(error)}`);
    }
  }

  async #showSelection(document: vscode.TextDocument, text: string, signal: AbortSignal): Promise<void> {
    const prompt = await this.#counts.tokens(document);
    const model = prompt?.reference ?? this.#settings.model ?? null;
    const counted = await this.#engine.call('token/count', { text, model }, signal);
    if (signal.aborted) return;
    this.#item.text = `$(symbol-numeric) ${vscode.l10n.t('{0} selected', tokensText(counted.tokens))}`;
    this.#item.tooltip = vscode.l10n.t(
      'As input for {0}: {1}. {2}',
      counted.model,
      costText(counted.costUsd),
      rangeText(counted.tokens),
    );
    this.#item.command = undefined;
    this.#item.show();
  }

  async #showPrompt(document: vscode.TextDocument, signal: AbortSignal): Promise<void> {
    const counted = await this.#counts.tokens(document);
    if (signal.aborted) return;
    if (!counted) return this.#item.hide();
    this.#item.text = `$(symbol-numeric) ${tokensText(counted.total)}`;
    this.#item.tooltip = vscode.l10n.t('Tokens of this prompt for {0}', counted.model);
    this.#item.command = 'touchstone.showTokens';
    this.#item.show();
  }
}

function selectedText({ document, selections }: vscode.TextEditor): string {
  return selections.map((selection) => document.getText(selection)).join('');
}
