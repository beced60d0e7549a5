import * as vscode from 'vscode';
import type { TraceArgument } from './traceArgument.ts';
import { TracePanel, type TracePanelOptions } from './tracePanel.ts';

export interface TracePanelsOptions extends TracePanelOptions {
  /** By which the editor knows the panels again after a reload. */
  viewType: string;
}

/** Traces that are open in this window: one panel shows what is picked in the tree, and others as the person wants them. */
export class TracePanels {
  readonly #options: TracePanelsOptions;
  readonly #open = new Set<TracePanel>();
  /** Shows another trace when one is picked. */
  #common: TracePanel | undefined;

  constructor(options: TracePanelsOptions) {
    this.#options = options;
  }

  async show(trace: TraceArgument, { preserveFocus = false, apart = false } = {}): Promise<void> {
    const known = [...this.#open].find(({ traceId }) => traceId === trace.traceId);
    const panel = known ?? (apart ? undefined : this.#common);
    if (panel) {
      await panel.show(trace, preserveFocus);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Active, preserveFocus };
    const created = vscode.window.createWebviewPanel(this.#options.viewType, vscode.l10n.t('Trace'), column, {
      // Lines of a large trace are worth keeping while another tab is in front.
      retainContextWhenHidden: true,
    });
    const made = this.adopt(created, trace);
    if (!apart) this.#common = made;
  }

  /** Fills a panel, e.g. one that the editor restored after a reload. */
  adopt(panel: vscode.WebviewPanel, shown: TraceArgument): TracePanel {
    const trace = new TracePanel(panel, shown, this.#options);
    this.#open.add(trace);
    panel.onDidDispose(() => {
      this.#open.delete(trace);
      if (this.#common === trace) this.#common = undefined;
    });
    return trace;
  }
}
