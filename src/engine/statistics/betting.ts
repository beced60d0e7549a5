import type { Interval } from './interval.ts';

/** The bets stay below this share of what would ruin them. */
const TRUNCATION = 0.5;
/** Level that the bets are tuned for; any other is valid as well. */
const TUNED_FOR = 0.05;
/** Candidate means of the confidence sequence: a grid over [−1, 1] in steps of 0.005. */
const GRID = 400;
const ROUNDING = 1e-9;

/**
 * Anytime-valid test of a mean of differences in [−1, 1], which may be looked at after every one of them.
 *
 * A gambler bets against "the mean is at most m" with capital K_t = Π(1 + λ_i (x_i − m)), and likewise
 * against "at least m". When the hypothesis holds, capital ever reaches 1/α with probability ≤ α (Ville's
 * inequality), so 1/max K is a p-value at any time. Bets are the predictable plug-in of Waudby-Smith &
 * Ramdas 2024, J. R. Stat. Soc. B 86, 1–27, formulas (26) to (28), on x = (d + 1)/2, truncated at ½/m.
 */
export class BettingTest {
  #n = 0;
  #sum = 0;
  /** Of the squared deviations, each from the mean as estimated up to it; starts as one value with variance ¼. */
  #squares = 0.25;
  /** For each m of the grid: log capital against "at most" and "at least", and the highest so far. */
  readonly #up = new Float64Array(GRID + 1);
  readonly #down = new Float64Array(GRID + 1);
  readonly #upMax = new Float64Array(GRID + 1);
  readonly #downMax = new Float64Array(GRID + 1);

  add(difference: number): void {
    const x = (Math.min(1, Math.max(-1, difference)) + 1) / 2;
    this.#bet(x);
    this.#n += 1;
    this.#sum += x;
    const center = (0.5 + this.#sum) / (this.#n + 1);
    this.#squares += (x - center) ** 2;
  }

  /**
   * p-values for "the mean is at most `mean`" and "at least `mean`". A mean between two points of the grid is
   * rounded to the one that is harder to reject.
   */
  pValues(mean: number): { atMost: number; atLeast: number } {
    const at = ((mean + 1) / 2) * GRID;
    const [above, below] = [Math.ceil(at - ROUNDING), Math.floor(at + ROUNDING)];
    return { atMost: Math.exp(-(this.#upMax[above] ?? 0)), atLeast: Math.exp(-(this.#downMax[below] ?? 0)) };
  }

  /** Confidence sequence at 1 − α: covers the mean at all times at once. */
  interval(alpha = 0.05): Interval {
    const limit = Math.log(2 / alpha);
    // Neither end of the grid is ever rejected: nothing lies beyond it.
    let low = 0;
    while ((this.#upMax[low] ?? 0) >= limit) low += 1;
    let high = GRID;
    while ((this.#downMax[high] ?? 0) >= limit) high -= 1;
    // The last point of the grid that is excluded does not belong to it, all that lies beyond does.
    return {
      low: Math.max(-1, ((low - 1) / GRID) * 2 - 1 + ROUNDING),
      high: Math.min(1, ((high + 1) / GRID) * 2 - 1 - ROUNDING),
    };
  }

  #bet(x: number): void {
    const variance = this.#squares / (this.#n + 1);
    const t = this.#n + 1;

    const wanted = Math.sqrt((2 * Math.log(2 / TUNED_FOR)) / (variance * t * Math.log(t + 1)));
    for (let at = 0; at <= GRID; at += 1) {
      const m = at / GRID;
      const up = this.#up[at] ?? 0;
      const down = this.#down[at] ?? 0;
      const grown = up + Math.log1p(Math.min(wanted, TRUNCATION / m) * (x - m));
      const shrunk = down + Math.log1p(-Math.min(wanted, TRUNCATION / (1 - m)) * (x - m));
      this.#up[at] = grown;
      this.#down[at] = shrunk;
      this.#upMax[at] = Math.max(this.#upMax[at] ?? 0, grown);
      this.#downMax[at] = Math.max(this.#downMax[at] ?? 0, shrunk);
    }
  }
}
