import * as vscode from 'vscode';
import type { EngineCalls } from '../../protocol/calls.ts';
import { setContext } from '../commands.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import type { Output } from '../output/output.ts';
import { isWhole, type RunHead } from './runFigures.ts';

export type Verdict = Pick<EngineCalls['run/summary']['result'], 'passed' | 'gate' | 'summary'>;

/** What is known otherwise than before: which runs there are, how far one is, or what its gate says. */
export type RunChange = { kind: 'runs' } | { kind: 'progress' | 'verdict'; runId: string };

/** Runs that are looked at. */
const LIMIT = 200;
/** A fast run would draw the views with every batch; in milliseconds. */
const REDRAW_MS = 250;

/** The stored evaluations with their verdicts, and the comparisons apart from them, kept up to date by what the engine tells. */
export class RunHistory implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #output: Output;
  readonly #changed = new vscode.EventEmitter<RunChange>();
  readonly #subscriptions: vscode.Disposable[];
  readonly #verdicts = new Map<string, Verdict>();
  #runs: readonly RunHead[] = [];
  #comparisons: readonly RunHead[] = [];
  #loading: Promise<void> | undefined;
  #stale = true;
  /** Runs whose counts have changed since the views were last told. */
  readonly #touched = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient, output: Output) {
    this.#engine = engine;
    this.#output = output;
    const reload = () => void this.reload();
    this.#subscriptions = [
      engine.on('run/started', reload),
      engine.on('run/finished', reload),
      engine.on('run/results', ({ runId, partOf, counts }) => {
        if (partOf === undefined) this.#count(runId, counts);
        else this.#verdicts.delete(partOf);
      }),
      engine.onDidChangeState(({ state }) => {
        if (state === 'ready') reload();
      }),
    ];
  }

  /** Evaluations, newest first, as far as they are known; asks for them when they never were. */
  async get(): Promise<readonly RunHead[]> {
    if (this.#stale) await this.#load();
    return this.#runs;
  }

  /** Evaluations, newest first; nothing before somebody asked. */
  get known(): readonly RunHead[] {
    return this.#runs;
  }

  /** Runs that were made for comparisons, newest first; nothing before somebody asked. */
  get comparisons(): readonly RunHead[] {
    return this.#comparisons;
  }

  /** The gate's word over a run; undefined until it is known. */
  verdictOf(runId: string): Verdict | undefined {
    return this.#verdicts.get(runId);
  }

  /** The newest complete run of a suite in which all of it took part. */
  lastWhole(suite: string, dataset?: string): RunHead | undefined {
    return this.#runs.find(
      (run) =>
        run.suite === suite &&
        run.state === 'complete' &&
        isWhole(run) &&
        (dataset === undefined || run.dataset.path === dataset),
    );
  }

  /** Asks for the runs again. What goes wrong is for the output only: nobody asked for it. */
  async reload(): Promise<void> {
    this.#stale = true;
    try {
      await this.#load();
    } catch (error) {
      this.#output.log('debug', `could not list runs: ${String(error)}`);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  /** One call at a time; whoever comes meanwhile waits for one more. */
  async #load(): Promise<void> {
    if (this.#loading) await this.#loading.catch(() => {});
    if (!this.#stale) return;
    this.#stale = false;
    this.#loading = this.#fetch();
    try {
      await this.#loading;
    } catch (error) {
      this.#stale = true;
      throw error;
    } finally {
      this.#loading = undefined;
    }
  }

  async #fetch(): Promise<void> {
    const [evaluations, comparisons] = await Promise.all([
      this.#engine.call('run/list', { limit: LIMIT }),
      this.#engine.call('run/list', { what: 'comparisons', limit: LIMIT }),
    ]);
    this.#runs = evaluations.runs;
    this.#comparisons = comparisons.runs;
    void setContext('touchstone.runsListed', true);
    this.#changed.fire({ kind: 'runs' });
    void this.#judge();
  }

  /** The figures of a run are reckoned from all its results: one after the other, the newest of each kind first. */
  async #judge(): Promise<void> {
    try {
      const complete = this.#runs.filter(({ state }) => state === 'complete');
      for (const run of new Set([...newestOf(complete), ...complete])) {
        if (this.#verdicts.has(run.id)) continue;
        const { passed, gate, summary } = await this.#engine.call('run/summary', { runId: run.id });
        this.#verdicts.set(run.id, { passed, gate, summary });
        this.#changed.fire({ kind: 'verdict', runId: run.id });
      }
    } catch (error) {
      this.#output.log('debug', `could not summarize a run: ${String(error)}`);
    }
  }

  #count(runId: string, counts: RunHead['counts']): void {
    const counted = (run: RunHead): RunHead => (run.id === runId ? { ...run, counts } : run);
    this.#runs = this.#runs.map(counted);
    this.#comparisons = this.#comparisons.map(counted);
    this.#touched.add(runId);
    this.#timer ??= setTimeout(() => this.#tellTouched(), REDRAW_MS);
  }

  #tellTouched(): void {
    this.#timer = undefined;
    for (const runId of this.#touched) this.#changed.fire({ kind: 'progress', runId });
    this.#touched.clear();
  }
}

/** The newest run of each suite over each dataset, whole ones and others apart. */
function newestOf(runs: readonly RunHead[]): RunHead[] {
  const newest = new Map<string, RunHead>();
  for (const run of runs) {
    const key = JSON.stringify([run.suite, run.dataset.path, isWhole(run)]);
    if (!newest.has(key)) newest.set(key, run);
  }
  return [...newest.values()];
}
