import type * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { CompressionLevel, CompressionPlan } from '../../protocol/compressCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { isCancellation, type Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { mayBePrompt } from '../tokens/promptFiles.ts';

export type Offers = NonNullable<EngineCalls['compress/offers']['result']>;
export type Findings = NonNullable<EngineCalls['compress/findings']['result']>['findings'];
export type Goal = { level: CompressionLevel } | { targetTokens: number };

/** Stretches of a document whose offers are kept: the light bulb asks for the same one again and again. */
const KEPT = 8;

/** Asks the engine what can be saved in the prompts that are open. */
export class Compressor {
  readonly #engine: EngineClient;
  readonly #settings: Settings;
  readonly #output: Output;
  readonly #offers = new Map<string, Promise<Offers | undefined>>();

  constructor(engine: EngineClient, settings: Settings, output: Output) {
    this.#engine = engine;
    this.#settings = settings;
    this.#output = output;
  }

  /** Calls back when the engine has begun, which knows more prompts than those that are named as such. */
  onDidBegin(listener: () => void): vscode.Disposable {
    return this.#engine.onDidChangeState(({ state }) => {
      if (state === 'ready') listener();
    });
  }

  /** What each level saves in a document, or in a stretch of it; undefined for one that is no prompt. */
  async offers(document: vscode.TextDocument, within?: vscode.Range): Promise<Offers | undefined> {
    if (!mayBePrompt(document, this.#engine)) return undefined;
    const stretch = within ? `${document.offsetAt(within.start)}-${document.offsetAt(within.end)}` : '';
    const key = [document.uri.fsPath, document.version, this.#settings.model, stretch].join('\n');
    const known = this.#offers.get(key);
    if (known) return known;
    const asked = this.#quietly(
      'compress/offers',
      this.#engine.call('compress/offers', this.#opened(document, within)),
    );
    this.#offers.set(key, asked);
    for (const [oldest] of this.#offers) {
      if (this.#offers.size <= KEPT) break;
      this.#offers.delete(oldest);
    }
    return asked;
  }

  async findings(
    document: vscode.TextDocument,
    level: CompressionLevel,
    signal: AbortSignal,
  ): Promise<Findings> {
    if (!mayBePrompt(document, this.#engine)) return [];
    const asked = this.#engine.call('compress/findings', { ...this.#opened(document), level }, signal);
    return (await this.#quietly('compress/findings', asked))?.findings ?? [];
  }

  /** Rejects with what keeps the engine from it; null for a document that is no prompt. */
  plan(document: vscode.TextDocument, goal: Goal, within?: vscode.Range): Promise<CompressionPlan | null> {
    return this.#engine.call('compress/plan', { ...this.#opened(document, within), goal });
  }

  #opened(document: vscode.TextDocument, within?: vscode.Range) {
    return {
      path: document.uri.fsPath,
      text: document.getText(),
      model: this.#settings.model ?? null,
      ...(within
        ? { within: { start: document.offsetAt(within.start), end: document.offsetAt(within.end) } }
        : {}),
    };
  }

  async #quietly<T>(method: string, asked: Promise<T | null>): Promise<T | undefined> {
    try {
      return (await asked) ?? undefined;
    } catch (error) {
      if (!isCancellation(error)) this.#output.log('debug', `${method}: ${String(error)}`);
      return undefined;
    }
  }
}
