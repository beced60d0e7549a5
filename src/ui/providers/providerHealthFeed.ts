import * as vscode from 'vscode';
import type { ProviderStates } from '../../protocol/providerEntries.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';

/**
 * What is known of the providers that this window's engine calls. Only an engine that runs anyway is asked, and afterwards it
 * tells what changes by itself.
 */
export class ProviderHealthFeed implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #states: ProviderStates | undefined;
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, output: Output) {
    this.#engine = engine;
    this.#output = output;
    this.#subscriptions = [
      engine.on('providers/changed', (states) => this.put(states)),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') void this.reload();
        else this.put(undefined);
      }),
    ];
  }

  /** Undefined while no engine runs. */
  get states(): ProviderStates | undefined {
    return this.#states;
  }

  put(states: ProviderStates | undefined): void {
    this.#states = states;
    this.#changed.fire();
  }

  /** Asks again, e.g. because the configuration has changed. */
  async reload(): Promise<void> {
    if (this.#engine.state.state !== 'ready') return;
    try {
      this.put(await this.#engine.call('providers/health', {}));
    } catch (error) {
      this.#output.log('debug', `could not read the state of providers: ${String(error)}`);
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }
}
