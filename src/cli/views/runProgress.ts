import { counted, formatCount } from '../../engine/model/figures.ts';
import type { TrialResult } from '../../engine/model/result.ts';
import type { RunRecord } from '../../engine/model/run.ts';
import type { Io } from '../terminal/io.ts';
import { ProgressBar, type ProgressState } from '../terminal/progress.ts';

/** Counts results as they are stored and draws the bar. */
export class RunProgress {
  readonly #io: Io;
  readonly #bar: ProgressBar | undefined;
  readonly #state: ProgressState;

  constructor(io: Io, total: number, visible: boolean) {
    this.#io = io;
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
    this.#bar?.clear();
  }

  #spend(usd: number | null): void {
    if (usd !== null) this.#state.costUsd = (this.#state.costUsd ?? 0) + usd;
  }
}
