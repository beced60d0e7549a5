import * as vscode from 'vscode';
import { CallFailure } from '../../protocol/callFailure.ts';
import type { EngineCalls } from '../../protocol/calls.ts';
import type { EngineEvents } from '../../protocol/events.ts';
import type { EngineClient, EngineState } from '../engine/engineClient.ts';
import type { Settings } from '../settings/settings.ts';
import { type ActiveRun, type FinishedRun, type RunEnd, type RunEvent, shownRun } from './activeRun.ts';

/** What may be said differently for one run. */
export type RunOverrides = EngineCalls['run/start']['params']['overrides'];

/** What a person asks to be run. */
export interface AskedRun {
  suite: string;
  /** A stored run of the suite that is asked for once more, but for what `overrides` say. */
  again?: string;
  overrides?: RunOverrides;
}

/** As the engine is asked. */
type WantedRun = { suite: string; again?: string; overrides: RunOverrides; scripts: boolean };

/** Whether a run may begin that was asked for. */
type Approve = (wanted: WantedRun, token: vscode.CancellationToken | undefined) => Promise<boolean>;

export interface FollowOptions {
  token?: vscode.CancellationToken;
  /** Hears of the runs of this request only. */
  onEvent?(event: RunEvent): void;
  /** Observers are not told: the caller shows the runs itself. */
  unobserved?: boolean;
}

/** Whether the person has set a key that was found to be missing. */
type AskKey = (failure: CallFailure) => Promise<boolean>;

/** Follows the runs of one request. */
export interface RunObserver {
  onEvent(event: RunEvent): void;
  /** Nothing of the request follows. */
  onEnd(): void;
}

/**
 * Starts, follows and stops the runs of this window. Everything that shows runs listens here; whoever starts
 * one does it through here, so that all of them are shown.
 */
export class RunController implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #settings: Settings;
  readonly #approve: Approve;
  readonly #askKey: AskKey;
  readonly #happened = new vscode.EventEmitter<RunEvent>();
  readonly #active = new Map<string, ActiveRun>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #observers = new Set<() => RunObserver>();
  #last: AskedRun | undefined;
  #latest: string | undefined;

  /** Everything that happens to any run of this window. */
  readonly onDidHappen = this.#happened.event;

  /** `approve` is asked before each new run; its no ends the request like a cancellation. */
  constructor(
    engine: EngineClient,
    settings: Settings,
    { approve, askKey }: { approve: Approve; askKey: AskKey },
  ) {
    this.#engine = engine;
    this.#settings = settings;
    this.#approve = approve;
    this.#askKey = askKey;
    this.#subscriptions = [
      engine.on('run/started', (data) => this.#started(data)),
      engine.on('run/results', (data) => this.#results(data)),
      engine.on('run/finished', (data) => this.#finished(data.runId, endOf(data))),
      engine.onDidChangeState(({ state }) => {
        const end = endWithEngine(state);
        if (end) for (const runId of [...this.#active.keys()]) this.#finished(runId, end);
      }),
    ];
  }

  /** Runs that are under way, the oldest first. */
  get active(): readonly ActiveRun[] {
    return [...this.#active.values()];
  }

  /** What was asked for last in this window. */
  get lastRequest(): AskedRun | undefined {
    return this.#last;
  }

  /** The evaluation that began last in this window. */
  get latestRun(): string | undefined {
    return this.#latest;
  }

  /** As the setting says: the model of every prompt, unless the request names one, or a run that had its own. */
  withSettings({ suite, again, overrides = {} }: AskedRun): WantedRun {
    const { model, allowScripts: scripts } = this.#settings;
    if (again !== undefined) return { suite, again, overrides, scripts };
    return { suite, overrides: { ...(model === undefined ? {} : { model }), ...overrides }, scripts };
  }

  /** `observe` is called for every request, whoever makes it. */
  onRequest(observe: () => RunObserver): vscode.Disposable {
    this.#observers.add(observe);
    return new vscode.Disposable(() => this.#observers.delete(observe));
  }

  /** Runs a suite to its end, one run for each dataset. Rejects with what keeps it from beginning. */
  async start(request: AskedRun, options: FollowOptions = {}): Promise<FinishedRun[]> {
    this.#last = request;
    const wanted = this.withSettings(request);
    if (!(await this.#approve(wanted, options.token))) throw new vscode.CancellationError();
    return this.#follow(
      () => this.#withKey(() => this.#engine.call('run/start', wanted, options.token)),
      options,
    );
  }

  /** Goes on with a stored run. */
  resume(runId: string, options: FollowOptions = {}): Promise<FinishedRun[]> {
    const scripts = this.#settings.allowScripts;
    return this.#follow(
      () => this.#withKey(() => this.#engine.call('run/resume', { runId, scripts }, options.token)),
      options,
    );
  }

  /** Stops politely: what came in is stored, and the run can be resumed. */
  async stop(runId: string): Promise<void> {
    await this.#engine.call('run/cancel', { runId });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#happened.dispose();
  }

  /** Where a key is missing nothing has begun yet: once it is set, all goes on. */
  async #withKey<T>(begin: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await begin();
      } catch (error) {
        if (!isMissingKey(error)) throw error;
        if (!(await this.#askKey(error))) throw new vscode.CancellationError();
      }
    }
  }

  /** Events may come before the ids that tell whose they are: they are kept until then. */
  async #follow(
    begin: () => Promise<{ runIds: string[] }>,
    { token, onEvent, unobserved }: FollowOptions,
  ): Promise<FinishedRun[]> {
    const observers = unobserved ? [] : [...this.#observers].map((observe) => observe());
    const finished: FinishedRun[] = [];
    const ended = Promise.withResolvers<void>();
    const early: RunEvent[] = [];
    let open: Set<string> | undefined;
    const hear = (event: RunEvent): void => {
      if (!open) return void early.push(event);
      if (!open.has(event.run.runId)) return;
      onEvent?.(event);
      for (const observer of observers) observer.onEvent(event);
      if (event.kind !== 'finished') return;
      finished.push({ run: event.run, end: event.end });
      open.delete(event.run.runId);
      if (open.size === 0) ended.resolve();
    };
    const listener = this.onDidHappen(hear);
    // A run that waits for its turn has no event of its own when the engine goes.
    const gone = this.#engine.onDidChangeState(({ state }) => {
      const end = endWithEngine(state);
      if (end) for (const runId of open ?? []) this.#finished(runId, end);
    });
    const cancel = token?.onCancellationRequested(() => this.#stopAll(open ?? new Set()));
    try {
      const { runIds } = await begin();
      open = new Set(runIds);
      for (const event of early.splice(0)) hear(event);
      if (token?.isCancellationRequested) this.#stopAll(open);
      await ended.promise;
      return finished;
    } finally {
      listener.dispose();
      gone.dispose();
      cancel?.dispose();
      for (const observer of observers) observer.onEnd();
    }
  }

  #stopAll(runIds: ReadonlySet<string>): void {
    // A run whose engine is gone has stopped already.
    for (const runId of runIds) void this.stop(runId).catch(() => {});
  }

  #started(run: EngineEvents['run/started']): void {
    const { runId } = run;
    this.#active.set(runId, run);
    if (!run.comparison) this.#latest = shownRun(run);
    this.#happened.fire({ kind: 'started', run });
  }

  #results({ runId, rows, counts }: EngineEvents['run/results']): void {
    const known = this.#active.get(runId);
    if (!known) return;
    const run = { ...known, counts };
    this.#active.set(runId, run);
    this.#happened.fire({ kind: 'results', run, rows });
  }

  #finished(runId: string, end: RunEnd): void {
    const run = this.#active.get(runId) ?? unbegun(runId);
    this.#active.delete(runId);
    this.#happened.fire({ kind: 'finished', run, end });
  }
}

/** What the state of the engine means for runs that it worked on; undefined while it works on. */
function endWithEngine(state: EngineState['state']): RunEnd | undefined {
  switch (state) {
    case 'idle':
      return { outcome: 'interrupted' };
    case 'waiting':
    case 'failed':
      return { outcome: 'lost' };
    case 'starting':
    case 'ready':
      return undefined;
  }
}

function isMissingKey(error: unknown): error is CallFailure {
  return (
    error instanceof CallFailure && error.failure.kind === 'user' && error.failure.name === 'MissingKeyError'
  );
}

/** A run that ended before its first trial, e.g. because a key is missing. */
function unbegun(runId: string): ActiveRun {
  const counts = { passed: 0, failed: 0, errored: 0 };
  return { runId, suite: '', dataset: '', targets: [], trials: 0, repeat: 1, counts };
}

function endOf({ outcome, passed, failure, stopped }: EngineEvents['run/finished']): RunEnd {
  switch (outcome) {
    case 'complete':
      return { outcome, passed: passed === true };
    case 'interrupted':
      return stopped === undefined ? { outcome } : { outcome, stopped };
    case 'failed':
      return { outcome, failure };
  }
}

/** Throws what ended a run that broke, so that it is shown as any other error. */
export function throwBroken(finished: readonly FinishedRun[]): void {
  for (const { end } of finished)
    if (end.outcome === 'failed' && end.failure) throw new CallFailure('run/start', end.failure);
}
