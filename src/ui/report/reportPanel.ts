import type * as vscode from 'vscode';
import type { ResultKey } from '../../protocol/resultRow.ts';
import { resultDetail } from '../../webview/report/entries.ts';
import {
  type FromPage,
  fromPage,
  type OutputLabel,
  type ReportAction,
  reportActions,
  type ToPage,
} from '../../webview/report/messages.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { allResults } from '../runs/resultPages.ts';
import { webviewPage } from '../webviewPage.ts';
import { labelOf, writeLabel } from './outputLabel.ts';
import { ReportFeed } from './reportFeed.ts';
import { fetchResult, type ResultAddress } from './resultDocuments.ts';

/** What a person asked for in a report. */
export interface ActionRequest extends ResultAddress {
  action: ReportAction;
  caseId: string;
  traceId: string;
}

export interface ReportPanelOptions {
  engine: EngineClient;
  output: Output;
  fileEdits: FileEdits;
  /** Folder of the page's bundle; nothing else can be loaded in the panel. */
  bundle: vscode.Uri;
  act(request: ActionRequest): Promise<void>;
}

/** One panel with the report of one run. The page asks, this side answers; both check what arrives. */
export class ReportPanel {
  readonly runId: string;
  readonly #panel: vscode.WebviewPanel;
  readonly #options: ReportPanelOptions;
  #feed: ReportFeed | undefined;
  /** Case to open when its rows are there. */
  #wanted: { caseId: string; target: string | undefined } | undefined;
  #loaded = false;

  constructor(panel: vscode.WebviewPanel, runId: string, options: ReportPanelOptions) {
    this.runId = runId;
    this.#panel = panel;
    this.#options = options;
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [options.bundle] };
    webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    panel.onDidDispose(() => this.#feed?.dispose());
    webview.html = webviewPage(webview, options.bundle, {
      script: 'report.js',
      element: 'touchstone-report',
    });
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  /** Opens the drawer on a case, at a target where one is named, now or as soon as the page has it. */
  async show(caseId: string, target?: string): Promise<void> {
    this.#wanted = { caseId, target };
    if (this.#loaded) await this.#showWanted();
  }

  #receive(raw: unknown): void {
    const read = fromPage.safeParse(raw);
    if (!read.success) {
      this.#options.output.log('warn', `invalid message from the report page: ${read.error.message}`);
      return;
    }
    this.#handle(read.data).catch((error: unknown) => this.#options.output.showError(error));
  }

  async #handle(message: FromPage): Promise<void> {
    if (message.type === 'ready') return this.#load();
    if (message.run_id !== this.runId) return;
    if (message.type === 'load-case') return this.#loadCase(message.key);
    if (message.type === 'label') return this.#label(message.key, message.label);
    const { action, key, case_id: caseId, trace_id: traceId } = message;
    await this.#options.act({ action, ...this.#address(key), caseId, traceId });
  }

  async #load(): Promise<void> {
    this.#loaded = false;
    this.#feed?.dispose();
    const feed = new ReportFeed(this.#options.engine, this.runId, (message) => this.#send(message));
    this.#feed = feed;
    this.#send({ type: 'reset' });
    this.#send({ type: 'actions', available: [...reportActions] });
    await feed.load();
    this.#loaded = true;
    await this.#showWanted();
  }

  /** `given` is what was just written: the dataset may not be saved yet. */
  async #loadCase(key: ResultKey, given?: OutputLabel | null): Promise<void> {
    try {
      const result = await fetchResult(this.#options.engine, this.#address(key));
      const label = given === undefined ? await labelOf(this.#options.engine, result) : given;
      this.#send({
        type: 'case',
        run_id: this.runId,
        result: resultDetail.parse(result),
        ...(label === undefined ? {} : { label }),
      });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ type: 'case-missing', run_id: this.runId, key, message });
    }
  }

  /** Whatever came of it, the page is told how it stands. */
  async #label(key: ResultKey, label: OutputLabel | null): Promise<void> {
    const { engine, fileEdits } = this.#options;
    let written: OutputLabel | null | undefined;
    try {
      await writeLabel({ engine, fileEdits }, await fetchResult(engine, this.#address(key)), label);
      written = label;
    } finally {
      await this.#loadCase(key, written);
    }
  }

  /** Of several targets and trials, one that did not pass. */
  async #showWanted(): Promise<void> {
    const wanted = this.#wanted;
    if (wanted === undefined) return;
    this.#wanted = undefined;
    const rows = await allResults(this.#options.engine, this.runId, { caseIds: [wanted.caseId] });
    const own = wanted.target === undefined ? rows : rows.filter(({ target }) => target === wanted.target);
    const row = own.find(({ status }) => status !== 'passed') ?? own[0];
    if (!row) return;
    const { target, case_index, trial } = row;
    this.#send({ type: 'reveal', run_id: this.runId, key: { target, case_index, trial } });
  }

  #address({ target, case_index: caseIndex, trial }: ResultKey): ResultAddress {
    return { runId: this.runId, target, caseIndex, trial };
  }

  #send(message: ToPage): void {
    if (message.type === 'run') this.#panel.title = message.head.run.suite;
    // A panel that was closed meanwhile takes nothing; that is no fault.
    void this.#panel.webview.postMessage(message).then(undefined, () => {});
  }
}
