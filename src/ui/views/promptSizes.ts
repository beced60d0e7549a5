import * as vscode from 'vscode';
import type { PromptTokens } from '../../protocol/tokenCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';
import { withVariables } from '../tokens/withVariables.ts';
import type { Listing } from './workspaceListing.ts';

/** The view is drawn anew at most this often, in milliseconds. */
const REDRAW_MS = 250;

/** Tokens of the prompts as they are on the disk, with typical values of their variables, counted one after the other behind the view's back. */
export class PromptSizes implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #settings: Settings;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #otherModel: vscode.Disposable;
  #sizes = new Map<string, PromptTokens>();
  #listing: Listing | undefined;
  #reading: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, settings: Settings, output: Output) {
    this.#engine = engine;
    this.#settings = settings;
    this.#output = output;
    this.#otherModel = settings.onDidChange('touchstone.model', () => {
      this.#listing = undefined;
      this.#changed.fire();
    });
  }

  /** Undefined until it was counted, and for a prompt that cannot be read. */
  of(path: string): PromptTokens | undefined {
    return this.#sizes.get(path);
  }

  /** Counts the prompts of a listing, once for each listing; what was known stays until then. */
  read(listing: Listing): void {
    if (this.#listing === listing) return;
    this.#listing = listing;
    this.#reading?.abort();
    this.#reading = new AbortController();
    const paths = listing.prompts.map(({ path }) => path);
    const wanted = new Set(paths);
    this.#sizes = new Map([...this.#sizes].filter(([path]) => wanted.has(path)));
    void this.#readAll(paths, this.#reading.signal);
  }

  dispose(): void {
    this.#reading?.abort();
    clearTimeout(this.#timer);
    this.#otherModel.dispose();
    this.#changed.dispose();
  }

  async #readAll(paths: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      for (const path of paths) {
        const params = { path, model: this.#settings.model ?? null };
        const tokens = await this.#engine.call('token/prompt', params, signal);
        const values = tokens && (await this.#engine.call('token/variables', params, signal));
        this.#put(path, tokens && withVariables(tokens, values?.adds ?? null));
      }
    } catch (error) {
      if (!signal.aborted) this.#output.log('debug', `could not count a prompt: ${String(error)}`);
    }
  }

  #put(path: string, size: PromptTokens | null): void {
    if (size) this.#sizes.set(path, size);
    else this.#sizes.delete(path);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#changed.fire();
    }, REDRAW_MS);
  }
}
