import * as vscode from 'vscode';
import type * as z from 'zod';
import type { bridgeCalls } from '../../protocol/bridgeCalls.ts';
import type { Handlers, Method, ResultOf } from '../../protocol/call.ts';
import type { engineCalls } from '../../protocol/calls.ts';
import { ConnectionLostError } from '../../protocol/connectionLostError.ts';
import type { EngineEvents } from '../../protocol/events.ts';
import type { Failure } from '../../protocol/failure.ts';
import type { Output } from '../output/output.ts';
import { PlainError } from '../output/plainError.ts';
import type { EngineProcess, Initialize } from './engineProcess.ts';

/** `waiting`: it crashed and is started again soon. `failed`: it crashed too often; a person must say so. */
export type EngineState =
  | { state: 'idle' }
  | { state: 'starting' }
  | { state: 'ready'; pid: number | undefined }
  | { state: 'waiting'; crashes: number }
  | { state: 'failed'; reason: string };

export interface EngineClientOptions {
  /** The bundled program, absolute. */
  script: string;
  output: Output;
  /** Asked at each start. Throws when there is no workspace to serve. */
  initialize(): Initialize;
  handlers: Handlers<typeof bridgeCalls>;
  toFailure(error: unknown): Failure;
}

type Calls = typeof engineCalls;
type Listener = (data: never) => void;

/** Crashes in a row after which the engine is left alone. */
const MAX_CRASHES = 3;
/** The wait before the first restart, in milliseconds; each further one is twice as long. */
const FIRST_WAIT_MS = 250;
/** An engine that has lived this long was no failed start, in milliseconds. */
const STEADY_MS = 60_000;

/**
 * The engine of this window: started with the first call, started again after a crash, ended with the window.
 * A call that is under way when the engine dies is rejected; it is not repeated.
 */
export class EngineClient implements vscode.Disposable {
  readonly #options: EngineClientOptions;
  readonly #stateChanged = new vscode.EventEmitter<EngineState>();
  readonly #interrupted = new vscode.EventEmitter<readonly string[]>();
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Runs that this window's engine works on. */
  readonly #running = new Set<string>();
  #state: EngineState = { state: 'idle' };
  #process: Promise<EngineProcess> | undefined;
  /** While the engine is being ended; calls wait for it, and then start another one. */
  #stopping: Promise<void> | undefined;
  /** Runs that a dead engine worked on, until they are told of. */
  #lost: string[] = [];
  #crashes = 0;
  #startedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #disposed = false;

  /** Every change of `state`. */
  readonly onDidChangeState = this.#stateChanged.event;
  /** The engine died in the middle of these runs, and is there again: they can be resumed. */
  readonly onDidInterrupt = this.#interrupted.event;

  constructor(options: EngineClientOptions) {
    this.#options = options;
  }

  get state(): EngineState {
    return this.#state;
  }

  /** Runs that are under way in this window. */
  get running(): ReadonlySet<string> {
    return this.#running;
  }

  /**
   * Rejects with CallFailure for what the engine says, with an AbortError when cancelled, and with a PlainError when
   * the engine ended before it answered.
   */
  async call<M extends Method<Calls>>(
    method: M,
    params: z.input<Calls[M]['params']>,
    cancel: AbortSignal | vscode.CancellationToken = new AbortController().signal,
  ): Promise<ResultOf<Calls, M>> {
    const { signal, release } = toSignal(cancel);
    try {
      const engine = await this.#engine();
      return await engine.call(method, params, signal);
    } catch (error) {
      throw error instanceof ConnectionLostError ? this.#lostCall() : error;
    } finally {
      release();
    }
  }

  on<M extends Method<EngineEvents>>(event: M, listener: (data: EngineEvents[M]) => void): vscode.Disposable {
    const listeners = this.#listeners.get(event) ?? new Set();
    this.#listeners.set(event, listeners);
    listeners.add(listener as Listener);
    return new vscode.Disposable(() => listeners.delete(listener as Listener));
  }

  /** Ends the engine, politely, and starts it anew, e.g. because the workspace is trusted now. */
  async restart(): Promise<void> {
    this.#crashes = 0;
    await this.#stop();
    await this.#engine();
  }

  /** As `restart`, but an engine that does not run stays so until it is needed. */
  async refresh(): Promise<void> {
    if (this.#process) await this.restart();
  }

  /** Ends the engine for good; resolves when it is gone. */
  async shutDown(): Promise<void> {
    this.#disposed = true;
    await this.#stop();
  }

  dispose(): void {
    void this.shutDown();
    this.#stateChanged.dispose();
    this.#interrupted.dispose();
    this.#listeners.clear();
  }

  #stop(): Promise<void> {
    this.#stopping ??= this.#end().finally(() => {
      this.#stopping = undefined;
    });
    return this.#stopping;
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const process = this.#process;
    this.#process = undefined;
    const engine = await process?.catch(() => undefined);
    await engine?.stop();
    this.#running.clear();
    this.#change({ state: 'idle' });
  }

  #engine(): Promise<EngineProcess> {
    if (this.#disposed) return Promise.reject(new vscode.CancellationError());
    if (this.#stopping) return this.#stopping.then(() => this.#engine());
    if (this.#state.state === 'failed') return Promise.reject(new Error(this.#state.reason));
    if (this.#process) return this.#process;
    const starting = this.#start();
    this.#process = starting;
    starting.catch(() => {
      if (this.#process === starting) this.#process = undefined;
    });
    return starting;
  }

  async #start(): Promise<EngineProcess> {
    clearTimeout(this.#timer);
    this.#change({ state: 'starting' });
    const { output, script, handlers, toFailure } = this.#options;
    try {
      // The protocol's schemas and JSON-RPC cost some 40 ms, which a window that asks nothing need not pay.
      const { EngineProcess } = await import('./engineProcess.ts');
      const engine = await EngineProcess.start({
        script,
        handlers,
        toFailure,
        initialize: this.#options.initialize(),
        onEvent: (event, data) => this.#hear(event, data),
        onNoise: (line) => output.log('warn', line),
        onCrash: (reason) => this.#crashed(reason),
      });
      this.#startedAt = Date.now();
      this.#change({ state: 'ready', pid: engine.pid });
      output.log('info', `engine started, process ${engine.pid}`);
      this.#tellInterrupted();
      return engine;
    } catch (error) {
      // A crash has been dealt with already; anything else is the caller's to show.
      if (this.#state.state === 'starting') this.#change({ state: 'idle' });
      throw error;
    }
  }

  #lostCall(): Error {
    if (this.#disposed) return new vscode.CancellationError();
    return new PlainError(vscode.l10n.t('The engine stopped before it answered. Try again.'));
  }

  #hear(event: Method<EngineEvents>, data: unknown): void {
    if (event === 'log') this.#log(data as EngineEvents['log']);
    if (event === 'run/started') this.#running.add((data as EngineEvents['run/started']).runId);
    if (event === 'run/finished') this.#running.delete((data as EngineEvents['run/finished']).runId);
    for (const listener of this.#listeners.get(event) ?? []) listener(data as never);
  }

  #log({ level, message, fields }: EngineEvents['log']): void {
    this.#options.output.log(level, message, fields);
  }

  #crashed(reason: string): void {
    if (this.#disposed) return;
    const steady = this.#state.state === 'ready' && Date.now() - this.#startedAt > STEADY_MS;
    this.#crashes = steady ? 1 : this.#crashes + 1;
    this.#lost.push(...this.#running);
    this.#running.clear();
    this.#process = undefined;
    this.#options.output.log('error', `the engine crashed (${reason})`);
    if (this.#crashes > MAX_CRASHES) {
      const message = vscode.l10n.t('The engine crashed {0} times in a row ({1}).', this.#crashes, reason);
      this.#change({ state: 'failed', reason: message });
      return;
    }
    this.#change({ state: 'waiting', crashes: this.#crashes });
    const wait = FIRST_WAIT_MS * 2 ** (this.#crashes - 1);
    this.#timer = setTimeout(() => void this.#recover(), wait);
  }

  async #recover(): Promise<void> {
    try {
      await this.#engine();
    } catch (error) {
      this.#options.output.log('error', `could not restart the engine: ${String(error)}`);
    }
  }

  #tellInterrupted(): void {
    const runs = this.#lost;
    this.#lost = [];
    if (runs.length > 0) this.#interrupted.fire(runs);
  }

  #change(state: EngineState): void {
    if (this.#state.state === state.state && state.state === 'idle') return;
    this.#state = state;
    if (!this.#disposed) this.#stateChanged.fire(state);
  }
}

function toSignal(cancel: AbortSignal | vscode.CancellationToken): { signal: AbortSignal; release(): void } {
  if (cancel instanceof AbortSignal) return { signal: cancel, release: () => {} };
  const controller = new AbortController();
  const abort = (): void => controller.abort(new vscode.CancellationError());
  if (cancel.isCancellationRequested) abort();
  const listener = cancel.onCancellationRequested(abort);
  return { signal: controller.signal, release: () => listener.dispose() };
}
