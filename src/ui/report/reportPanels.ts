import * as vscode from 'vscode';
import { ReportPanel, type ReportPanelOptions } from './reportPanel.ts';
import type { RunArgument } from './runArgument.ts';

export interface ReportPanelsOptions extends ReportPanelOptions {
  /** By which the editor knows the panels again after a reload. */
  viewType: string;
}

/** The open reports of this window: one panel for each run. */
export class ReportPanels {
  readonly #options: ReportPanelsOptions;
  readonly #open = new Map<string, ReportPanel>();

  constructor(options: ReportPanelsOptions) {
    this.#options = options;
  }

  /** Shows the report of a run, at a case where one is named, and of that at one target. */
  async show({ runId, caseId, target }: RunArgument): Promise<void> {
    const known = this.#open.get(runId);
    known?.reveal();
    const panel = known ?? this.adopt(this.#create(), runId);
    if (caseId !== undefined) await panel.show(caseId, target);
  }

  /** Fills a panel, e.g. one that the editor restored after a reload. */
  adopt(panel: vscode.WebviewPanel, runId: string): ReportPanel {
    const report = new ReportPanel(panel, runId, this.#options);
    this.#open.set(runId, report);
    panel.onDidDispose(() => {
      if (this.#open.get(runId) === report) this.#open.delete(runId);
    });
    return report;
  }

  #create(): vscode.WebviewPanel {
    return vscode.window.createWebviewPanel(
      this.#options.viewType,
      vscode.l10n.t('Report'),
      vscode.ViewColumn.Active,
      // Rows of a large run are worth keeping while another tab is in front.
      { retainContextWhenHidden: true },
    );
  }
}
