import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { TraceReceiver } from '../services/traceReceiver.ts';
import { addMonitor } from './addMonitor.ts';
import type { MonitorPanel } from './monitorPanel.ts';

/** As package.json has it among the activation events. */
const VIEW_TYPE = 'touchstone.monitor';

export interface MonitorOptions {
  engine: EngineClient;
  fileEdits: FileEdits;
  output: Output;
  receiver: TraceReceiver;
  extensionUri: vscode.Uri;
}

/** The Monitor panel: one a window, which the editor restores after a reload. */
export function registerMonitor(options: MonitorOptions): vscode.Disposable {
  const { output, extensionUri } = options;
  let open: MonitorPanel | undefined;

  const adopt = async (panel: vscode.WebviewPanel): Promise<void> => {
    // The contract with the page costs some time to load, which a window without a monitor need not pay.
    const { MonitorPanel } = await import('./monitorPanel.ts');
    const bundle = vscode.Uri.joinPath(extensionUri, 'dist', 'webview');
    const monitor = new MonitorPanel(panel, { ...options, bundle });
    open = monitor;
    panel.onDidDispose(() => {
      if (open === monitor) open = undefined;
    });
  };
  const show = async (): Promise<void> => {
    options.receiver.need();
    if (open) open.panel.reveal();
    else {
      const title = vscode.l10n.t('Monitor');
      await adopt(vscode.window.createWebviewPanel(VIEW_TYPE, title, vscode.ViewColumn.Active));
    }
  };

  return vscode.Disposable.from(
    registerCommand('touchstone.openMonitor', show, output),
    registerCommand('touchstone.addMonitor', () => addMonitor(options), output),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, { deserializeWebviewPanel: adopt }),
  );
}
