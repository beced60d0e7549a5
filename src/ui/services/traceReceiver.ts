import * as vscode from 'vscode';
import type { ServicesState } from '../../protocol/receiverCalls.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import type { Settings } from '../settings/settings.ts';

export type ReceivingState = Extract<
  Extract<ServicesState, { state: 'attached' }>['status']['receiver'],
  { state: 'receiving' }
>;

/**
 * Whether traces are received for this window's workspace. They are as soon as they are needed, unless the settings or a person say
 * otherwise; never where the workspace is not trusted.
 */
export class TraceReceiver implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #settings: Settings;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: vscode.Disposable[];
  #state: ServicesState = { state: 'detached' };
  /** This window wants them received. */
  #wanted = false;
  /** A person has stopped it: what merely needs it does not start it again. */
  #stopped = false;
  #isNeeded = false;

  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, settings: Settings, output: Output) {
    this.#engine = engine;
    this.#settings = settings;
    this.#output = output;
    this.#subscriptions = [
      this.#changed,
      engine.on('receiver/changed', (state) => this.#put(state)),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready' && this.#wanted) void this.#startQuietly();
        else if (state !== 'ready') this.#put({ state: 'detached' });
      }),
      settings.onDidChange('touchstone.traces.receive', () => void this.#follow()),
      settings.onDidChange('touchstone.traces.port', () => void this.#startAgain()),
      settings.onDidChange('touchstone.traces.requireToken', () => void this.#startAgain()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#consider()),
    ];
  }

  get state(): ServicesState {
    return this.#state;
  }

  /** Undefined while nothing is received. */
  get receiving(): ReceivingState | undefined {
    if (this.#state.state !== 'attached') return undefined;
    const { receiver } = this.#state.status;
    return receiver.state === 'receiving' ? receiver : undefined;
  }

  /** Whether there is anything to show: something in this window is about traces. */
  get isOfInterest(): boolean {
    return vscode.workspace.isTrusted && (this.#isNeeded || this.#wanted || this.receiving !== undefined);
  }

  /** Something in this window is about traces, for example a view of them. Does not wait. */
  need(): void {
    if (this.#isNeeded) return;
    this.#isNeeded = true;
    this.#consider();
    this.#changed.fire();
  }

  /** A person wants it. Rejects where it cannot be started, or `port` is taken. */
  async start(port: number | null = this.#settings.tracesPort): Promise<void> {
    const state = await this.#engine.call('receiver/start', {
      port,
      keep: this.#settings.receiveTraces === 'always',
      requireToken: this.#settings.requireTraceToken,
    });
    this.#wanted = true;
    this.#stopped = false;
    this.#put(state);
  }

  /** For all windows of the workspace. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#stopped = true;
    this.#put(await this.#engine.call('receiver/stop', {}));
  }

  /** Ends the process that receives, of whatever version it is. */
  async end(): Promise<void> {
    this.#wanted = false;
    this.#put(await this.#engine.call('receiver/end', {}));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #consider(): void {
    const mode = this.#settings.receiveTraces;
    const asSet = mode === 'always' || (mode === 'whenNeeded' && this.#isNeeded);
    if (vscode.workspace.isTrusted && asSet && !this.#stopped && !this.#wanted) void this.#startQuietly();
  }

  async #follow(): Promise<void> {
    if (this.#settings.receiveTraces !== 'off') {
      this.#stopped = false;
      await this.#startAgain();
      this.#consider();
    } else if (this.#wanted) {
      await this.stop().catch((error: unknown) => this.#output.log('warn', String(error)));
    }
  }

  async #startAgain(): Promise<void> {
    if (this.#wanted) await this.#startQuietly();
  }

  /** What goes wrong is in the state, where a person sees it when he looks. */
  async #startQuietly(): Promise<void> {
    try {
      await this.start();
    } catch (error) {
      this.#output.log('warn', `traces are not received: ${String(error)}`);
    }
  }

  #put(state: ServicesState): void {
    this.#state = state;
    this.#changed.fire();
  }
}
