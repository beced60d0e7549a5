import type { ScoredTrace } from './eachScore.ts';

const MOST = 2_000;

/** The latest single scores, to find the worst behind an alert. */
export class RecentScores {
  #scores: ScoredTrace[] = [];

  add(scores: readonly ScoredTrace[]): void {
    this.#scores = [...this.#scores, ...scores].slice(-MOST);
  }

  since(fromMs: number): ScoredTrace[] {
    return this.#scores.filter(({ atMs }) => atMs >= fromMs);
  }
}
