import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { PromptTokens } from '../../protocol/tokenCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { isCancellation, type Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { mayBePrompt } from './promptFiles.ts';

/** The counts of a prompt at the last commit; null where it was not there. */
export type HeadTokens = EngineCalls['token/head']['result'];

type Call = 'token/prompt' | 'token/variables' | 'token/breakdown';

/** All of these calls are given the same. */
type CallPrompt<M extends Call> = (
  method: M,
  opened: EngineCalls[Call]['params'],
  token?: vscode.CancellationToken,
) => Promise<EngineCalls[M]['result']>;

/** Asks the engine about the prompts that are open, each text once, however many views want to know. */
export class PromptCounts implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #settings: Settings;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable;
  readonly #counted = new Map<string, { key: string; tokens: Promise<PromptTokens | undefined> }>();
  readonly #adds = new Map<string, { key: string; adds: number | null }>();
  readonly #heads = new Map<string, { model: string; tokens: HeadTokens }>();

  /** What is known may be wrong now, although no text has changed. */
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, settings: Settings, output: Output) {
    this.#engine = engine;
    this.#settings = settings;
    this.#output = output;
    const commits = vscode.workspace.createFileSystemWatcher('**/.git/logs/HEAD');
    const forget = (): void => this.#forget();
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      commits,
      commits.onDidChange(forget),
      commits.onDidCreate(forget),
      settings.onDidChange('touchstone.model', forget),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') forget();
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        // Prices and models are in the configuration.
        if (/\.ya?ml$/.test(uri.path)) forget();
      }),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        this.#counted.delete(uri.fsPath);
        this.#adds.delete(uri.fsPath);
        this.#heads.delete(uri.fsPath);
      }),
    );
  }

  /** The counts of a document as it is now; undefined for one that is no prompt, or cannot be read as one. */
  tokens(document: vscode.TextDocument): Promise<PromptTokens | undefined> {
    const path = document.uri.fsPath;
    const key = this.#keyOf(document);
    const known = this.#counted.get(path);
    if (known?.key === key) return known.tokens;
    const tokens = this.ask('token/prompt', document);
    this.#counted.set(path, { key, tokens });
    return tokens;
  }

  /** The counts at the last commit as far as they are known; otherwise they are asked for, and told of. */
  head(document: vscode.TextDocument, { reference, model }: PromptTokens): HeadTokens {
    const path = document.uri.fsPath;
    const name = reference ?? model;
    const known = this.#heads.get(path);
    if (known?.model === name) return known.tokens;
    this.#heads.set(path, { model: name, tokens: null });
    void this.#askHead(path, name);
    return null;
  }

  /** Tokens that typical values of variables add, as last known; what is new is asked for, and told of. */
  adds(document: vscode.TextDocument): number | null {
    const path = document.uri.fsPath;
    const key = this.#keyOf(document);
    const known = this.#adds.get(path);
    if (known?.key !== key) {
      this.#adds.set(path, { key, adds: known?.adds ?? null });
      void this.#askAdds(document, key);
    }
    return known?.adds ?? null;
  }

  /** Undefined for a document that is no prompt; what went wrong is in the output. */
  async ask<M extends Call>(
    method: M,
    document: vscode.TextDocument,
    token?: vscode.CancellationToken,
  ): Promise<NonNullable<EngineCalls[M]['result']> | undefined> {
    if (!mayBePrompt(document, this.#engine)) return undefined;
    try {
      const opened: EngineCalls[Call]['params'] = {
        path: document.uri.fsPath,
        text: document.getText(),
        model: this.#settings.model ?? null,
      };
      const call = this.#engine.call.bind(this.#engine) as CallPrompt<M>;
      return (await call(method, opened, token)) ?? undefined;
    } catch (error) {
      if (!isCancellation(error)) this.#output.log('debug', `${method}: ${String(error)}`);
      return undefined;
    }
  }

  dispose(): void {
    this.#subscriptions.dispose();
  }

  async #askHead(path: string, model: string): Promise<void> {
    try {
      const tokens = await this.#engine.call('token/head', { path, model });
      this.#heads.set(path, { model, tokens });
      if (tokens) this.#changed.fire();
    } catch (error) {
      this.#heads.delete(path);
      if (!isCancellation(error)) this.#output.log('debug', `token/head: ${String(error)}`);
    }
  }

  async #askAdds(document: vscode.TextDocument, key: string): Promise<void> {
    const found = await this.ask('token/variables', document);
    const known = this.#adds.get(document.uri.fsPath);
    if (known?.key !== key || !found || known.adds === found.adds) return;
    this.#adds.set(document.uri.fsPath, { key, adds: found.adds });
    this.#changed.fire();
  }

  #keyOf({ version }: vscode.TextDocument): string {
    return `${version} ${this.#settings.model ?? ''}`;
  }

  #forget(): void {
    this.#counted.clear();
    this.#adds.clear();
    this.#heads.clear();
    this.#changed.fire();
  }
}
