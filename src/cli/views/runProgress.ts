import { counted, formatCount } from '../../engine/model/figures.ts';
import type { ResilienceHealth } from '../../engine/model/providerHealth.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import type { RunRecord } from '../../engine/model/run.ts';
import { systemClock } from '../../engine/ports.ts';
import type { GuardControl } from '../../engine/resilience/guardControl.ts';
import type { Io } from '../terminal/io.ts';
import { ProgressBar, type ProgressState } from '../terminal/progress.ts';
import { sanitizeLine } from '../terminal/sanitize.ts';
import { callLines, ProviderNotices } from './providerNotices.ts';

/** How often what holds calls up is looked for, in milliseconds. */
const LOOK_MS = 1_000;

/** Counts results as they are stored and draws the bar. */
export class RunProgress {
  readonly #io: Io;
  readonly #bar: ProgressBar | undefined;
  readonly #state: ProgressState;
  readonly #guards: Pick<GuardControl, 'health'>;
  /** Before anything was called. */
  readonly #before: ResilienceHealth;
  readonly #notices = new ProviderNotices();
  #timer: NodeJS.Timeout | undefined;

  constructor(io: Io, total: number, visible: boolean, guards: Pick<GuardControl, 'health'>) {
    this.#io = io;
    this.#guards = guards;
    this.#before = guards.health();
    this.#bar = visible ? new ProgressBar(io.progress, io.errStyle, () => performance.now()) : undefined;
    this.#state = { done: 0, total, passed: 0, failed: 0, errored: 0, costUsd: null };
  }

  start(run: RunRecord, stored: number): void {
    if (stored > 0)
      this.#io.err(
        `run ${run.id}: ${formatCount(stored)} of ${counted(this.#state.total, 'trial')} already stored`,
      );
    this.#state.done = stored;
    this.#bar?.update(this.#state);
    this.#timer ??= setInterval(() => this.#look(), LOOK_MS).unref();
  }

  add(results: readonly TrialResult[]): void {
    for (const { status, output, evaluations } of results) {
      this.#state.done += 1;
      this.#state[status] += 1;
      this.#spend(output.costUsd);
      for (const evaluation of evaluations)
        if (evaluation.status !== 'skipped') this.#spend(evaluation.costUsd ?? null);
    }
    this.#bar?.update(this.#state);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#bar?.clear();
  }

  /** What held calls up, in the end: a line for each provider. */
  callLines(): string[] {
    return callLines(this.#before, this.#guards.health()).map(sanitizeLine);
  }

  /** What holds calls up now is said once, above the bar. */
  #look(): void {
    const lines = this.#notices.next(this.#guards.health(), systemClock.now());
    if (lines.length === 0) return;
    this.#bar?.clear();
    for (const line of lines) this.#io.err(this.#io.errStyle.yellow(sanitizeLine(line)));
  }

  #spend(usd: number | null): void {
    if (usd !== null) this.#state.costUsd = (this.#state.costUsd ?? 0) + usd;
  }
}
