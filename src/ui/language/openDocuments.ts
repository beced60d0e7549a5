import * as vscode from 'vscode';
import type { Method, ResultOf } from '../../protocol/call.ts';
import type { languageCalls } from '../../protocol/languageCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { isCancellation, type Output } from '../output/output.ts';
import { isHelpedWith } from './documentSelector.ts';

type Calls = typeof languageCalls;
type DocumentCall = Exclude<Method<Calls>, 'language/sync' | 'language/close'>;
interface Change {
  offset: number;
  length: number;
  text: string;
}

/** What the engine holds of a document, and what was typed since. */
interface Held {
  version: number;
  eol: vscode.EndOfLine;
  changes: Change[];
  /** The changes do not make the text any more. */
  isStale: boolean;
}

/** More changes than these are dearer than the text. */
const MAX_CHANGES = 500;

/**
 * Keeps the engine's copy of open documents up to date, and asks it about them. A document is handed over when
 * it is first asked about; after that only what was typed is sent.
 */
export class OpenDocuments implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  /** What the engine holds, and what was typed since. */
  readonly #held = new Map<string, Held>();
  readonly #subscriptions: vscode.Disposable;

  constructor(engine: EngineClient, output: Output) {
    this.#engine = engine;
    this.#output = output;
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#typed(event)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      // A new engine holds nothing.
      engine.onDidChangeState(({ state }) => {
        if (state !== 'ready') this.#held.clear();
      }),
    );
  }

  /**
   * Asks about a document as it is now. Undefined when it is typed on meanwhile, cancelled, or nothing the
   * engine can help with; what went wrong is in the output.
   */
  async ask<M extends DocumentCall>(
    method: M,
    document: vscode.TextDocument,
    params: object,
    cancel: vscode.CancellationToken | AbortSignal,
  ): Promise<NonNullable<ResultOf<Calls, M>> | undefined> {
    try {
      const file = await this.#sync(document);
      const call = this.#engine.call as (...given: unknown[]) => Promise<unknown>;
      const answer = await call.call(this.#engine, method, { ...file, ...params }, cancel);
      return (answer ?? undefined) as NonNullable<ResultOf<Calls, M>> | undefined;
    } catch (error) {
      if (!isCancellation(error)) this.#output.log('debug', `${method}: ${String(error)}`);
      return undefined;
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#held.clear();
  }

  async #sync(document: vscode.TextDocument): Promise<{ path: string; version: number }> {
    const { version } = document;
    const path = document.uri.fsPath;
    const held = this.#held.get(path);
    if (held?.version === version) return { path, version };
    // Noted before it is sent: calls arrive in the order in which they are made.
    this.#held.set(path, heldOf(document));
    const isShort =
      held !== undefined && !held.isStale && held.changes.length > 0 && held.changes.length <= MAX_CHANGES;
    const sent = isShort
      ? await this.#engine.call('language/sync', { path, version, base: held.version, changes: held.changes })
      : undefined;
    if (!sent?.synced) await this.#sendWhole(document, path);
    return { path, version };
  }

  async #sendWhole(document: vscode.TextDocument, path: string): Promise<void> {
    const { version } = document;
    try {
      const text = document.getText();
      this.#held.set(path, heldOf(document));
      await this.#engine.call('language/sync', { path, version, text });
      // The engine's start clears what is held.
      if (!this.#held.has(path) && document.version === version) this.#held.set(path, heldOf(document));
    } catch (error) {
      this.#held.delete(path);
      throw error;
    }
  }

  #typed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const held = this.#held.get(document.uri.fsPath);
    // A change of all line ends names no change of the content, and moves every offset.
    if (held && held.eol !== document.eol) held.isStale = true;
    for (const { rangeOffset, rangeLength, text } of contentChanges)
      held?.changes.push({ offset: rangeOffset, length: rangeLength, text });
  }

  #closed(document: vscode.TextDocument): void {
    const path = document.uri.fsPath;
    if (!this.#held.delete(path) || !isHelpedWith(document)) return;
    this.#engine.call('language/close', { path }).catch(() => {});
  }
}

function heldOf({ version, eol }: vscode.TextDocument): Held {
  return { version, eol, changes: [], isStale: false };
}
