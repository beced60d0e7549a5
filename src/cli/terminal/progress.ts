import { formatCost, formatCount, formatDuration } from '../../engine/model/figures.ts';
import { columnsOf } from './columns.ts';
import type { Style } from './style.ts';
import { truncate } from './table.ts';

/** At most this often is the bar drawn, in milliseconds. */
const REDRAW_MS = 100;

export interface ProgressState {
  done: number;
  total: number;
  passed: number;
  failed: number;
  errored: number;
  /** Known cost so far in US dollars; null while nothing is known. */
  costUsd: number | null;
}

/** A stream to draw on; `columns` is its width. */
export interface ProgressStream {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** One line that is drawn over and over on a terminal, and stays away everywhere else. */
export class ProgressBar {
  readonly #stream: ProgressStream;
  readonly #style: Style;
  readonly #now: () => number;
  readonly #started: number;
  #doneBefore: number | undefined;
  #lastDraw = Number.NEGATIVE_INFINITY;
  #visible = false;

  /** `now` gives monotonic milliseconds. */
  constructor(stream: ProgressStream, style: Style, now: () => number) {
    this.#stream = stream;
    this.#style = style;
    this.#now = now;
    this.#started = now();
  }

  update(state: ProgressState): void {
    this.#doneBefore ??= state.done;
    const now = this.#now();
    if (!this.#stream.isTTY || now - this.#lastDraw < REDRAW_MS) return;
    this.#lastDraw = now;
    this.#visible = true;
    this.#stream.write(`\r\u001b[K${this.#line(state, now - this.#started)}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.#visible) this.#stream.write('\r\u001b[K');
    this.#visible = false;
  }

  #line(state: ProgressState, elapsedMs: number): string {
    const { done, total, passed, failed, errored } = state;
    const style = this.#style;
    const perMs = (done - (this.#doneBefore ?? 0)) / Math.max(1, elapsedMs);
    const parts = [
      `${formatCount(done)}/${formatCount(total)}`,
      style.green(`${formatCount(passed)} passed`),
      ...(failed > 0 ? [style.red(`${formatCount(failed)} failed`)] : []),
      ...(errored > 0 ? [style.yellow(`${formatCount(errored)} errored`)] : []),
      ...(perMs > 0 ? [`${(perMs * 1000).toFixed(perMs < 0.01 ? 1 : 0)}/s`] : []),
      ...(state.costUsd === null || state.costUsd === 0 ? [] : [formatCost(state.costUsd)]),
      ...(perMs > 0 && done < total ? [`${formatDuration((total - done) / perMs)} left`] : []),
    ];
    const text = parts.join('  ');
    const width = this.#stream.columns ?? 80;
    const room = Math.min(30, width - columnsOf(text) - 3);
    const bar = room >= 8 ? `${this.#bar(done / Math.max(1, total), room)} ` : '';
    return bar === '' ? truncate(text, width - 1) : bar + text;
  }

  #bar(share: number, width: number): string {
    const filled = Math.round(share * width);
    return this.#style.cyan('━'.repeat(filled)) + this.#style.dim('─'.repeat(width - filled));
  }
}
