import * as vscode from 'vscode';
import { formatScore } from '../../engine/model/figures.ts';
import type { FileLens } from '../../protocol/languageCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { CommandId, Commands } from '../ids.ts';
import { isHelpedWith } from './documentSelector.ts';
import type { OpenDocuments } from './openDocuments.ts';
import { toRange } from './ranges.ts';

/** In longer documents only what is on the screen gets lenses, in lines. */
const SMALL_LINES = 2_000;
/** Lines above and below the screen that get them too. */
const MARGIN_LINES = 150;
/** Quiet time after scrolling, in milliseconds. */
const PAUSE_MS = 150;

/** Run and last result above cases, suites and prompts. */
export class LensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #documents: OpenDocuments;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor(engine: EngineClient, documents: OpenDocuments) {
    this.#documents = documents;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      engine.on('run/finished', () => this.#changed.fire()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#changed.fire()),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor: { document } }) => {
        if (document.lineCount > SMALL_LINES && isHelpedWith(document)) this.#scrolled();
      }),
    );
  }

  async provideCodeLenses(
    document: vscode.TextDocument,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeLens[]> {
    const lines = linesWithLenses(document);
    const found = await this.#documents.ask('language/lenses', document, lines, token);
    return (found?.lenses ?? []).flatMap((lens) => toLenses(document, lens));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscriptions.dispose();
  }

  #scrolled(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#changed.fire(), PAUSE_MS);
  }
}

/** From 1, both inclusive. */
function linesWithLenses(document: vscode.TextDocument): { from: number; to: number } {
  if (document.lineCount <= SMALL_LINES) return { from: 1, to: document.lineCount };
  const shown = vscode.window.visibleTextEditors
    .filter((editor) => editor.document === document)
    .flatMap((editor) => editor.visibleRanges);
  const first = Math.min(...shown.map(({ start }) => start.line), document.lineCount);
  const last = Math.max(...shown.map(({ end }) => end.line), 0);
  return { from: Math.max(1, first - MARGIN_LINES), to: last + MARGIN_LINES };
}

function toLenses({ uri }: vscode.TextDocument, { range, subject, last }: FileLens): vscode.CodeLens[] {
  const start = toRange(range).start;
  const at = new vscode.Range(start, start);
  const lens = <Id extends CommandId>(
    title: string,
    tooltip: string,
    id: Id,
    ...given: Parameters<Commands[Id]>
  ) => new vscode.CodeLens(at, { title, tooltip, command: id, arguments: given });
  const lenses: vscode.CodeLens[] = [];
  if (vscode.workspace.isTrusted) {
    const run = `$(play) ${vscode.l10n.t('Run')}`;
    const path = uri.fsPath;
    if (subject.kind === 'case')
      lenses.push(
        lens(run, vscode.l10n.t('Run this case'), 'touchstone.runCases', { path, ids: [subject.id] }),
      );
    if (subject.kind === 'suite')
      lenses.push(lens(run, vscode.l10n.t('Run this suite'), 'touchstone.runSuite', { suite: subject.name }));
    if (subject.kind === 'prompt')
      lenses.push(
        lens(run, vscode.l10n.t('Run the suites that use this prompt'), 'touchstone.runPrompt', { path }),
      );
  }
  if (last) {
    const caseId = subject.kind === 'case' ? { caseId: subject.id } : {};
    const target = { runId: last.runId, ...caseId };
    lenses.push(lens(resultTitle(last), vscode.l10n.t('Open Report'), 'touchstone.openReport', target));
  }
  return lenses;
}

/** `✓ 0.92` for a case, `12 of 14 passed` for anything with more trials than one. */
function resultTitle({ passed, trials, score }: NonNullable<FileLens['last']>): string {
  const mark = passed === trials ? '$(pass)' : '$(error)';
  const rate = trials === 1 ? '' : vscode.l10n.t('{0} of {1} passed', passed, trials);
  return [mark, rate, score === null ? '' : formatScore(score)].filter(Boolean).join(' ');
}
