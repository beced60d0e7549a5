import * as vscode from 'vscode';
import type { BegunComparison } from '../../protocol/compareCalls.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import type { ComparisonEnd } from './comparisonEnd.ts';
import { ComparisonPanel } from './comparisonPanel.ts';
import type { ComparisonRequest } from './comparisonRequest.ts';

export interface ComparisonsOptions {
  engine: EngineClient;
  settings: Settings;
  output: Output;
  fileEdits: FileEdits;
  /** Folder of the page's bundle. */
  bundle: vscode.Uri;
}

/** Begins comparisons and shows each in a panel of its own. */
export class Comparisons {
  readonly #options: ComparisonsOptions;

  constructor(options: ComparisonsOptions) {
    this.#options = options;
  }

  /** Resolves when all have ended, with their verdicts; null where there is none. Rejects with what keeps it from beginning. */
  async start(request: ComparisonRequest): Promise<ComparisonEnd[]> {
    const { engine, settings } = this.#options;
    const { model, allowScripts } = settings;
    const overrides = { ...(model === undefined ? {} : { model }), ...request.overrides };
    const { comparisons } = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: vscode.l10n.t('Preparing both sides of the comparison'),
        cancellable: true,
      },
      async (_progress, token) => {
        const begun = await engine.call(
          'compare/start',
          { ...request, overrides, scripts: allowScripts },
          token,
        );
        // Cancelled while the answer was on its way.
        if (token.isCancellationRequested)
          for (const { id } of begun.comparisons) void engine.call('compare/cancel', { id }).catch(() => {});
        return begun;
      },
    );
    const panels = comparisons.map(
      (begun) =>
        new ComparisonPanel(this.#create(), begun, {
          ...this.#options,
          again: (caseId) => this.#again(request, caseId),
        }),
    );
    return Promise.all(panels.map((panel) => this.#told(panel)));
  }

  /** Shows one that another process makes, and follows it. */
  show(begun: BegunComparison): void {
    new ComparisonPanel(this.#create(), begun, { ...this.#options, again: async () => {} });
  }

  async #again(request: ComparisonRequest, caseId: string | undefined): Promise<void> {
    const { overrides, ...rest } = request;
    const only = caseId === undefined ? {} : { filter: { names: [], tags: [], ids: [caseId] } };
    // A pair is run again because it is doubted, so what it said before must not stand in.
    await this.start({ ...rest, overrides: { ...overrides, ...only }, fresh: caseId !== undefined });
  }

  /** A verdict behind another tab is told as a message. */
  async #told(panel: ComparisonPanel): Promise<ComparisonEnd> {
    const word = await panel.ended;
    if (word === null || panel.visible) return word;
    const show = vscode.l10n.t('Show');
    void vscode.window
      .showInformationMessage(vscode.l10n.t('Comparison finished: {0}.', word), show)
      .then((answer) => {
        if (answer === show) panel.reveal();
      });
    return word;
  }

  #create(): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(
      'touchstone.comparison',
      vscode.l10n.t('Comparison'),
      vscode.ViewColumn.Active,
      { retainContextWhenHidden: true },
    );
  }
}
