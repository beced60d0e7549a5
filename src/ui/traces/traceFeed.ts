import * as vscode from 'vscode';
import type { TraceChanges } from '../../protocol/traceCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';

const EVERYTHING: TraceChanges = { traces: [], more: true };

/** What changes in the stored traces while somebody looks; the engine watches for as long as that is so. */
export class TraceFeed implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<TraceChanges>();
  readonly #subscriptions: vscode.Disposable[];
  #looking = 0;
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, output: Output) {
    this.#engine = engine;
    this.#output = output;
    this.#subscriptions = [
      engine.on('traces/changed', (changes) => this.#changed.fire(changes)),
      // Another process knows nothing of who looks, and may have missed something.
      engine.onDidChangeState(({ state }) => {
        if (state !== 'ready' || this.#looking === 0) return;
        void this.#watch(true);
        this.#changed.fire(EVERYTHING);
      }),
    ];
  }

  /** Somebody looks, until this is disposed. */
  look(): vscode.Disposable {
    this.#looking += 1;
    if (this.#looking === 1) void this.#watch(true);
    let open = true;
    return new vscode.Disposable(() => {
      if (!open) return;
      open = false;
      this.#looking -= 1;
      if (this.#looking === 0) void this.#watch(false);
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  async #watch(on: boolean): Promise<void> {
    // An engine that does not run watches nothing.
    if (!on && this.#engine.state.state !== 'ready') return;
    try {
      await this.#engine.call('traces/watch', { on });
    } catch (error) {
      this.#output.log('debug', `could not watch traces: ${String(error)}`);
    }
  }
}
