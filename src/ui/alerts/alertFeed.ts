import * as vscode from 'vscode';
import type { AlertListing, AlertNews } from '../../protocol/alertCalls.ts';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';

/** Where the window remembers what it was told last. */
const TOLD = 'touchstone.alerts.told';
/** Whether somebody looks at alerts changes by itself; asked for so often while there are any, in milliseconds. */
const AGAIN_MS = 30_000;

/** The alerts of the workspace as its file says. Only an engine that runs anyway is asked; it then tells what changes. */
export class AlertFeed implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #memory: vscode.Memento;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #news = new vscode.EventEmitter<AlertNews[]>();
  readonly #subscriptions: vscode.Disposable[];
  #listing: AlertListing | undefined;
  #failure: unknown;
  #asking: Promise<void> | undefined;
  #isStale = false;
  #timer: NodeJS.Timeout | undefined;
  readonly onDidChange = this.#changed.event;
  /** What the person has not been told yet. */
  readonly onNews = this.#news.event;

  constructor({
    engine,
    memory,
    output,
  }: {
    engine: EngineClient;
    memory: vscode.Memento;
    output: Output;
  }) {
    this.#engine = engine;
    this.#memory = memory;
    this.#output = output;
    this.#subscriptions = [
      this.#changed,
      this.#news,
      engine.on('alerts/changed', () => this.reload()),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') this.#begin();
        else {
          this.#failure = undefined;
          this.#put(undefined);
        }
      }),
    ];
  }

  /** Undefined while no engine runs. */
  get listing(): AlertListing | undefined {
    return this.#listing;
  }

  /** Why the listing could not be read anew; undefined when it was. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Asks again, once for all who want it meanwhile. Does not wait. */
  reload(): void {
    this.#isStale = true;
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
      if (this.#isStale) this.reload();
    });
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #begin(): void {
    this.#engine.call('alerts/watch', { on: true }).catch((error: unknown) => this.#log(error));
    this.reload();
  }

  async #ask(): Promise<void> {
    this.#isStale = false;
    if (this.#engine.state.state !== 'ready') return;
    try {
      const told = this.#memory.get<number>(TOLD);
      const listing = await this.#engine.call('alerts/list', { after: told ?? null });
      if (listing.lastNews !== told) await this.#memory.update(TOLD, listing.lastNews);
      this.#failure = undefined;
      this.#put(listing);
      if (listing.news.length > 0) this.#news.fire(listing.news);
    } catch (error) {
      this.#log(error);
      // An engine that ended says so elsewhere. What was read before stays, and is asked for again.
      this.#failure = error instanceof CallFailure ? error : undefined;
      this.#put(this.#listing);
    }
  }

  #put(listing: AlertListing | undefined): void {
    this.#listing = listing;
    clearTimeout(this.#timer);
    if (this.#failure !== undefined || (listing && listing.alerts.length > 0))
      this.#timer = setTimeout(() => this.reload(), AGAIN_MS);
    this.#changed.fire();
  }

  #log(error: unknown): void {
    this.#output.log('debug', `could not read alerts: ${String(error)}`);
  }
}
