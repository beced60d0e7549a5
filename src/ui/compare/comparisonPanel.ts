import * as vscode from 'vscode';
import type { BegunComparison } from '../../protocol/compareCalls.ts';
import type { EngineEvents } from '../../protocol/events.ts';
import type { CaseEntry, CaseKey } from '../../webview/compare/entries.ts';
import {
  comparedCase,
  comparison as comparisonSchema,
  pair as pairSchema,
} from '../../webview/compare/entries.ts';
import {
  type CaseAction,
  caseActions,
  type FromPage,
  fromPage,
  type PageAction,
  pageActions,
  type ToPage,
} from '../../webview/compare/messages.ts';
import { caseCount } from '../counts.ts';
import type { FileEdits } from '../edits/fileEdits.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { webviewPage } from '../webviewPage.ts';
import { actOnCase, trialOf } from './caseActions.ts';
import { openFileDiff } from './comparisonDocuments.ts';
import type { ComparisonEnd } from './comparisonEnd.ts';

export interface ComparisonPanelOptions {
  engine: EngineClient;
  output: Output;
  fileEdits: FileEdits;
  /** Folder of the page's bundle; nothing else can be loaded in the panel. */
  bundle: vscode.Uri;
  /** Compares the same sides anew: all of it, or one case. */
  again(caseId?: string): Promise<void>;
}

/** One panel with one comparison. The page asks, this side answers; both check what arrives. */
export class ComparisonPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #begun: BegunComparison;
  readonly #options: ComparisonPanelOptions;
  readonly #ended = Promise.withResolvers<ComparisonEnd>();
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #cases = new Map<string, CaseEntry>();
  /** What the page is told when it is loaded, in order; later messages take the place of earlier ones. */
  #state: ToPage[] = [];
  #progress: (ToPage & { type: 'progress' }) | undefined;
  #candidateRun = '';
  #loaded = false;
  #over = false;

  constructor(panel: vscode.WebviewPanel, begun: BegunComparison, options: ComparisonPanelOptions) {
    this.#panel = panel;
    this.#begun = begun;
    this.#options = options;
    const { webview } = panel;
    const { engine } = options;
    panel.title = `${begun.suite}: ${begun.baseline} ↔ ${begun.candidate}`;
    webview.options = { enableScripts: true, localResourceRoots: [options.bundle] };
    webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    this.#subscriptions.push(
      engine.on('compare/progress', (data) => this.#hear(data)),
      engine.on('compare/finished', (data) => this.#guard(this.#finish(data))),
      engine.onDidChangeState(({ state }) => {
        if (state !== 'ready' && state !== 'starting') this.#stop(vscode.l10n.t('The engine has stopped.'));
      }),
    );
    panel.onDidDispose(() => this.#close());
    webview.html = webviewPage(webview, options.bundle, {
      script: 'compare.js',
      element: 'touchstone-comparison',
    });
  }

  /** Resolves with the verdict's word when there is one, and with null when there will be none. */
  get ended(): Promise<ComparisonEnd> {
    return this.#ended.promise;
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  reveal(): void {
    this.#panel.reveal(undefined, false);
  }

  #receive(raw: unknown): void {
    const read = fromPage.safeParse(raw);
    if (read.success) this.#guard(this.#handle(read.data));
    else
      this.#options.output.log(
        'warn',
        `a message of the comparison's page does not fit: ${read.error.message}`,
      );
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.#options.output.showError(error));
  }

  async #handle(message: FromPage): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.#load();
      case 'load-pair':
        return this.#loadPair(message.key);
      case 'case-action':
        return this.#actOnCase(message.action, message.key);
      case 'page-action':
        return this.#act(message.action);
      case 'open-file': {
        const { id, baseline, candidate } = this.#begun;
        return openFileDiff(this.#options.engine, id, message.path, { baseline, candidate });
      }
    }
  }

  /** The page may be loaded again, e.g. after it was hidden; it forgets what it was told. */
  #load(): void | Promise<void> {
    this.#loaded = true;
    const { suite, baseline, candidate, live } = this.#begun;
    const page = live ? (['export'] as const) : pageActions;
    this.#post({ type: 'actions', cases: this.#caseActions(), page: [...page] });
    this.#post({ type: 'begin', suite, baseline, candidate, outlook: this.#outlook(), live });
    if (this.#progress && this.#state.length === 0)
      this.#post({ ...this.#progress, cases: [...this.#cases.values()] });
    for (const message of this.#state) this.#post(message);
  }

  /** Stored runs cannot be run again, and live pairs stand in no dataset. */
  #caseActions(): CaseAction[] {
    if (this.#begun.live) return ['open-diff', 'trace-baseline', 'trace-candidate', 'compare-steps'];
    return caseActions.filter((action) => action !== 'rerun-pair' || this.#begun.trials > 0);
  }

  #outlook(): string {
    const { outlook } = this.#begun;
    if (!outlook) return '';
    const cases = caseCount(outlook.cases);
    if (outlook.smallestPassChange === null)
      return vscode.l10n.t('{0}: too few to detect any change in the pass rate.', cases);
    const points = Math.ceil(outlook.smallestPassChange * 100);
    return vscode.l10n.t(
      '{0}: enough to detect a pass-rate change of about {1} points (80 % power, if a quarter of the cases change).',
      cases,
      points,
    );
  }

  #hear(data: EngineEvents['compare/progress']): void {
    if (data.id !== this.#begun.id) return;
    const cases = data.cases.map((one) => comparedCase.parse(one));
    for (const one of cases) this.#cases.set(keyText(one.case_id, one.candidate.target), one);
    const { done, trials, counts } = data;
    this.#candidateRun = data.runId;
    this.#progress = { type: 'progress', done, trials, counts, cases };
    if (this.#loaded) this.#post(this.#progress);
  }

  async #finish({ id, outcome, failure }: EngineEvents['compare/finished']): Promise<void> {
    if (id !== this.#begun.id) return;
    if (outcome === 'complete') return this.#show();
    this.#stop(
      failure?.message ??
        vscode.l10n.t(
          'Stopped: an unfinished comparison has no verdict. Its results are stored and will be reused.',
        ),
    );
    if (failure) await this.#options.output.showFailure(failure);
  }

  async #show(): Promise<void> {
    const { engine } = this.#options;
    const { id } = this.#begun;
    const { comparison, intended } = await engine.call('compare/result', { id });
    const read = comparisonSchema.parse(comparison);
    this.#cases.clear();
    for (const one of read.cases) this.#cases.set(keyText(one.case_id, one.candidate.target), one);
    this.#candidateRun = read.candidate.run_id;
    this.#tell({ type: 'comparison', comparison: read, intended });
    this.#over = true;
    this.#ended.resolve(read.verdict.word);
    const { files } = await engine.call('compare/files', { id });
    this.#tell({ type: 'files', files });
  }

  #stop(message: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#tell({ type: 'stopped', message });
    this.#ended.resolve(null);
  }

  async #loadPair(key: CaseKey): Promise<void> {
    const entry = this.#cases.get(keyText(key.case_id, key.target));
    if (!entry) return;
    try {
      const pair = await this.#options.engine.call('compare/pair', {
        id: this.#begun.id,
        caseId: key.case_id,
        baseline: trialOf(entry.baseline),
        candidate: trialOf(entry.candidate),
      });
      this.#post({ type: 'pair', key, pair: pairSchema.parse(pair) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#post({ type: 'pair-missing', key, message });
    }
  }

  async #actOnCase(action: CaseAction, key: CaseKey): Promise<void> {
    const entry = this.#cases.get(keyText(key.case_id, key.target));
    if (!entry) return;
    await actOnCase(action, {
      engine: this.#options.engine,
      fileEdits: this.#options.fileEdits,
      comparisonId: this.#begun.id,
      entry,
      candidateRun: this.#candidateRun,
      rerun: () => this.#options.again(entry.case_id),
      intended: (reason) => this.#tell({ type: 'intended', case_id: entry.case_id, reason }),
    });
  }

  async #act(action: PageAction): Promise<void> {
    const { engine } = this.#options;
    const { id } = this.#begun;
    switch (action) {
      case 'cancel':
        await engine.call('compare/cancel', { id });
        return;
      case 'again':
        return this.#options.again();
      case 'export': {
        const file = await askFile(this.#begun.suite);
        if (!file) return;
        await engine.call('compare/export', { id, file: file.fsPath });
        await offerToOpen(file);
      }
    }
  }

  /** Kept for a page that is loaded again. */
  #tell(message: ToPage): void {
    this.#state.push(message);
    if (this.#loaded) this.#post(message);
  }

  #post(message: ToPage): void {
    // A panel that was closed meanwhile takes nothing; that is no fault.
    void this.#panel.webview.postMessage(message).then(undefined, () => {});
  }

  /** Nobody would see the verdict, so nothing more is spent on it. */
  #close(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    if (!this.#over) void this.#options.engine.call('compare/cancel', { id: this.#begun.id }).catch(() => {});
    this.#ended.resolve(null);
  }
}

function keyText(caseId: string, target: string): string {
  return `${target}\n${caseId}`;
}

async function askFile(suite: string): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${suite.replace(/[^\w.-]+/g, '-')}-comparison.html`;
  return vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Comparison'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: {
      [vscode.l10n.t('A single page for the browser')]: ['html'],
      [vscode.l10n.t('For a pull request comment')]: ['md'],
      [vscode.l10n.t('Complete data, for other programs')]: ['json'],
    },
  });
}

async function offerToOpen(file: vscode.Uri): Promise<void> {
  const open = vscode.l10n.t('Open');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Comparison written to {0}.', vscode.workspace.asRelativePath(file)),
    open,
  );
  if (answer !== open) return;
  if (file.path.endsWith('.html')) await vscode.env.openExternal(file);
  else await vscode.window.showTextDocument(file);
}
