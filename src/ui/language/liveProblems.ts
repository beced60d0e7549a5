import * as vscode from 'vscode';
import type { EngineClient } from '../engine/engineClient.ts';
import { isHelpedWith } from './documentSelector.ts';
import type { OpenDocuments } from './openDocuments.ts';
import type { Problems } from './problems.ts';

/** Quiet time after the last key before a document is checked, in milliseconds. */
const PAUSE_MS = 200;

interface Check {
  timer?: NodeJS.Timeout;
  abort?: AbortController;
  /** How long the last check took, in milliseconds: a slow one is not asked for more often than it can be done. */
  tookMs: number;
}

/** Checks open documents as one types; what comes too late is dropped. */
export class LiveProblems implements vscode.Disposable {
  readonly #documents: OpenDocuments;
  readonly #problems: Problems;
  readonly #checks = new Map<string, Check>();
  readonly #subscriptions: vscode.Disposable;

  constructor(engine: EngineClient, documents: OpenDocuments, problems: Problems) {
    this.#documents = documents;
    this.#problems = problems;
    const { workspace } = vscode;
    const watcher = workspace.createFileSystemWatcher('**/*', true, true, false);
    this.#subscriptions = vscode.Disposable.from(
      watcher,
      workspace.onDidOpenTextDocument((document) => this.#plan(document, 0)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#plan(document, PAUSE_MS);
      }),
      workspace.onDidCloseTextDocument((document) => this.#forget(document.uri)),
      watcher.onDidDelete((uri) => this.#problems.clear(uri)),
      workspace.onDidCreateFiles(() => this.#planAll()),
      workspace.onDidDeleteFiles(() => this.#planAll()),
      workspace.onDidRenameFiles(() => this.#planAll()),
      // Another file may be one that a configuration refers to.
      workspace.onDidSaveTextDocument(() => this.#planAll()),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') this.#planAll();
      }),
    );
    this.#planAll();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    for (const check of this.#checks.values()) stop(check);
    this.#checks.clear();
  }

  #planAll(): void {
    for (const document of vscode.workspace.textDocuments) this.#plan(document, PAUSE_MS);
  }

  #plan(document: vscode.TextDocument, pauseMs: number): void {
    if (!isHelpedWith(document)) return;
    const key = document.uri.toString();
    const check = this.#checks.get(key) ?? { tookMs: 0 };
    this.#checks.set(key, check);
    stop(check);
    const pause = pauseMs === 0 ? 0 : Math.max(pauseMs, check.tookMs);
    check.timer = setTimeout(() => void this.#check(document, check), pause);
  }

  async #check(document: vscode.TextDocument, check: Check): Promise<void> {
    const { version } = document;
    const abort = new AbortController();
    check.abort = abort;
    const begun = performance.now();
    const found = await this.#documents.ask('language/problems', document, {}, abort.signal);
    if (abort.signal.aborted || document.isClosed || document.version !== version) return;
    check.tookMs = performance.now() - begun;
    if (found) this.#problems.show(document, found.path, found.problems);
  }

  #forget(uri: vscode.Uri): void {
    const key = uri.toString();
    const check = this.#checks.get(key);
    if (!check) return;
    stop(check);
    this.#checks.delete(key);
    this.#problems.clear(uri);
  }
}

function stop(check: Check): void {
  clearTimeout(check.timer);
  check.abort?.abort(new vscode.CancellationError());
}
