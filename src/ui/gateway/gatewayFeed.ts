import * as vscode from 'vscode';
import type { GatewayState, RouteEntry, ServingGateway } from '../../protocol/gatewayEntries.ts';
import type { ServicesState } from '../../protocol/receiverCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';

/** What this window knows of the gateway of its workspace, which a process of its own serves. Starts nothing by itself. */
export class GatewayFeed implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #storing = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #state: GatewayState = { state: 'off' };
  #told = '';
  #stored = '';
  readonly onDidChange = this.#changed.event;
  /** The comparison of a shadow has begun, grown or ended. */
  readonly onDidStore = this.#storing.event;

  constructor(engine: EngineClient, output: Output) {
    this.#engine = engine;
    this.#output = output;
    this.#subscriptions = [
      this.#changed,
      this.#storing,
      engine.on('receiver/changed', (state) => this.put(state)),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') void this.look();
        else this.put({ state: 'detached' });
      }),
    ];
  }

  get state(): GatewayState {
    return this.#state;
  }

  /** Undefined while it does not serve. */
  get serving(): ServingGateway | undefined {
    return this.#state.state === 'serving' ? this.#state : undefined;
  }

  route(name: string): RouteEntry | undefined {
    return this.serving?.routes.find(({ route }) => route === name);
  }

  /** It may run already: it goes on while windows are closed. */
  async look(): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    try {
      this.put(await this.#engine.call('gateway/look', {}));
    } catch (error) {
      this.#output.log('debug', `the gateway was not looked for: ${String(error)}`);
    }
  }

  put(state: ServicesState): void {
    // Killed, and started again at this moment: it goes on as it was.
    if (state.state === 'attaching') return;
    this.#state = state.state === 'attached' ? state.status.gateway : { state: 'off' };
    const now = JSON.stringify(this.#state);
    if (now === this.#told) return;
    this.#told = now;
    this.#changed.fire();
    this.#tellStored();
  }

  #tellStored(): void {
    const shadows = this.serving?.routes.flatMap(({ shadow }) => shadow ?? []) ?? [];
    const stored = JSON.stringify(
      shadows.map(({ runId, pairs, state, verdict }) => [runId, pairs, state, verdict]),
    );
    if (stored === this.#stored) return;
    this.#stored = stored;
    this.#storing.fire();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}
