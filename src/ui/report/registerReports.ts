import * as vscode from 'vscode';
import { registerCommand } from '../commands.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CaseInRun } from '../ids.ts';
import type { Output } from '../output/output.ts';
import type { RunController } from '../runs/runController.ts';
import type { ReportPanels } from './reportPanels.ts';
import { registerResultDocuments } from './resultDocuments.ts';
import { runFrom } from './runArgument.ts';

/** As package.json has it among the activation events. */
const VIEW_TYPE = 'touchstone.report';

export interface ReportsOptions {
  engine: EngineClient;
  runs: RunController;
  output: Output;
  fileEdits: FileEdits;
  extensionUri: vscode.Uri;
  /** Opens the panel of a comparison of live pairs; false for any other run. */
  openLive(runId: string): Promise<boolean>;
  /** The result that an item or message of the Test Explorer stands for. */
  resultOf(given: unknown): CaseInRun | undefined;
}

/** The command that opens a report, the panels that come back with the window, and their documents. */
export function registerReports(options: ReportsOptions): vscode.Disposable {
  const { engine, output } = options;
  let panels: Promise<ReportPanels> | undefined;
  const opened = () => {
    panels ??= openPanels(options);
    return panels;
  };
  return vscode.Disposable.from(
    registerCommand(
      'touchstone.openReport',
      async (given) => {
        const run = await runFrom(options.resultOf(given) ?? given, engine);
        if (!run || (run.caseId === undefined && (await options.openLive(run.runId)))) return;
        await (await opened()).show(run);
      },
      output,
    ),
    vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const runId = keptRun(state);
        if (runId === undefined) panel.dispose();
        else (await opened()).adopt(panel, runId);
      },
    }),
    registerResultDocuments(engine),
  );
}

/** The contract with the page costs some time to load, which a window without a report need not pay. */
async function openPanels({
  engine,
  runs,
  output,
  fileEdits,
  extensionUri,
}: ReportsOptions): Promise<ReportPanels> {
  const [{ ReportPanels }, { actOn }] = await Promise.all([
    import('./reportPanels.ts'),
    import('./reportActions.ts'),
  ]);
  const panels: ReportPanels = new ReportPanels({
    viewType: VIEW_TYPE,
    engine,
    output,
    fileEdits,
    bundle: vscode.Uri.joinPath(extensionUri, 'dist', 'webview'),
    act: (request) => actOn(request, { engine, runs, show: (run) => panels.show(run) }),
  });
  return panels;
}

/** The run that the page showed, as it kept it. */
function keptRun(state: unknown): string | undefined {
  if (typeof state !== 'object' || state === null) return undefined;
  const { run_id: runId } = state as { run_id?: unknown };
  return typeof runId === 'string' ? runId : undefined;
}
