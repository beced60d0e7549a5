import type * as vscode from 'vscode';
import type { ResultRow } from '../../protocol/resultRow.ts';
import { runHead } from '../../webview/report/entries.ts';
import type { ToPage } from '../../webview/report/messages.ts';
import type { EngineClient } from '../engine/engineClient.ts';
import { resultPages } from '../runs/resultPages.ts';

/** Figures are reckoned from all results, so a run under way is summed up at most this often; in milliseconds. */
const FIGURES_MS = 1_000;

/** Brings one run to a page, and keeps bringing what is new while the run goes on. */
export class ReportFeed implements vscode.Disposable {
  readonly runId: string;
  readonly #engine: EngineClient;
  readonly #send: (message: ToPage) => void;
  readonly #subscriptions: vscode.Disposable[];
  readonly #gone = new AbortController();
  /** Rows that came while the stored ones were on their way. */
  #early: ResultRow[] | undefined = [];
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;

  constructor(engine: EngineClient, runId: string, send: (message: ToPage) => void) {
    this.runId = runId;
    this.#engine = engine;
    this.#send = send;
    this.#subscriptions = [
      engine.on('run/results', (data) => {
        if (data.runId === runId || data.partOf === runId) this.#add(data.rows);
      }),
      engine.on('run/started', (data) => {
        if (data.runId === runId) this.#figuresSoon();
      }),
      engine.on('run/finished', (data) => {
        if (data.runId === runId) this.#figuresSoon();
      }),
    ];
  }

  /** Sends the figures and all rows stored so far. Rejects when there is no such run; does nothing when disposed. */
  async load(): Promise<void> {
    const { signal } = this.#gone;
    try {
      await this.#sendFigures();
      for await (const rows of resultPages(this.#engine, this.runId, undefined, signal))
        if (rows.length > 0) this.#send({ type: 'rows', run_id: this.runId, rows });
      const early = this.#early ?? [];
      this.#early = undefined;
      this.#add(early);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  dispose(): void {
    this.#gone.abort();
    clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #add(rows: readonly ResultRow[]): void {
    if (this.#early) {
      this.#early.push(...rows);
      return;
    }
    if (rows.length === 0) return;
    this.#send({ type: 'rows', run_id: this.runId, rows: [...rows] });
    this.#figuresSoon();
  }

  #figuresSoon(): void {
    this.#wanted = true;
    this.#timer ??= setTimeout(() => void this.#bringFigures(), FIGURES_MS);
  }

  /** What is wanted while the figures are on their way is brought afterwards: the last ones must not be missed. */
  async #bringFigures(): Promise<void> {
    this.#wanted = false;
    await this.#sendFigures().catch(() => {});
    this.#timer = undefined;
    if (this.#wanted && !this.#gone.signal.aborted) this.#figuresSoon();
  }

  async #sendFigures(): Promise<void> {
    const { signal } = this.#gone;
    const summary = await this.#engine.call('run/summary', { runId: this.runId }, signal);
    if (!signal.aborted) this.#send({ type: 'run', head: runHead.parse(summary) });
  }
}
