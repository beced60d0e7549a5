/** One measure of latency in the two halves of a block, in any unit. Infinity stands for a call that brought nothing. */
export interface BlockSides {
  on: readonly number[];
  off: readonly number[];
}

/** What a test has come to: logarithms of its capital by stake, and the highest that all together ever were. */
export interface SlowdownEvidence {
  blocks: number;
  highest: number;
  logs: readonly (readonly number[])[];
}

export interface HarmlessEvidence {
  highest: number;
  logs: readonly number[];
}

/** Shares of the capital that are bet. Each is a strategy with an equal part of the money. */
const STAKES = [0.05, 0.1, 0.2, 0.4, 0.8];
const TAIL = 0.9;

/**
 * Anytime-valid one-sided test that something which is switched on and off makes calls slower by more than `margin`, 0.05 for 5 %.
 *
 * Time goes in blocks of two slices, and a fair coin says which of the two is the one with it. If it changes nothing, the coin
 * alone decides which slice is called `on`, so that g = (how the slices differ) is as likely as −g, whatever the latencies are
 * like: heavy tails, bursts and trends included. That is Fisher's randomisation argument for switchback experiments
 * (Bojinov, Simchi-Levi & Zhao 2023, Manage. Sci. 69, 3759–3777). A gambler who stakes λ of a capital on g > 0 has
 * Π(1 + λ g_t), which ever reaches 1/α with probability ≤ α (Ville); the mean over several λ and several measures
 * is such a capital as well (Waudby-Smith & Ramdas 2024, J. R. Stat. Soc. B 86, 1–27; Ramdas et al. 2023, Stat. Sci. 38, 576–601).
 * Latencies with it are divided by 1 + margin, so that a slowdown within the margin loses money.
 *
 * Two g for each measure: the difference of P(on > off) and P(on < off) over all pairs of calls (Mann & Whitney), and which slice has
 * the higher 90th percentile, for slowdowns of a few calls only.
 */
export class SlowdownTest {
  readonly #margin: number;
  /** By measure and kind of g. */
  readonly #gambles: Gamble[];
  #highest = 0;
  #blocks = 0;

  /** `before`: what an earlier one, of as many measures, had come to; the test is valid over both. */
  constructor(
    { margin = 0.05, measures }: { margin?: number; measures: number },
    before?: SlowdownEvidence | undefined,
  ) {
    this.#margin = margin;
    this.#gambles = Array.from({ length: measures * 2 }, (_, at) => new Gamble(before?.logs[at]));
    this.#highest = before?.highest ?? 0;
    this.#blocks = before?.blocks ?? 0;
  }

  get evidence(): SlowdownEvidence {
    const logs = this.#gambles.map((gamble) => gamble.logs);
    return { blocks: this.#blocks, highest: this.#highest, logs };
  }

  /** The measures of a block that is complete, in the order in which blocks were begun. */
  add(measures: readonly BlockSides[]): void {
    for (const [at, { on, off }] of measures.entries()) {
      const eased = on.map((value) => value / (1 + this.#margin));
      this.#gambles[2 * at]?.add(dominance(eased, off));
      this.#gambles[2 * at + 1]?.add(higherTail(eased, off));
    }

    this.#blocks += 1;
    this.#highest = Math.max(this.#highest, logMean(this.#gambles.map((gamble) => gamble.logCapital)));
  }

  /** At every look at once; null before the first block. */
  get p(): number | null {
    return this.#blocks === 0 ? null : Math.exp(-this.#highest);
  }
}

/** The same bet the other way round: that it makes calls slower by less than `bound`. */
export class HarmlessTest {
  readonly #bound: number;
  readonly #gamble: Gamble;
  #highest: number;

  /** `before`: what an earlier one had come to. */
  constructor(bound: number, before?: HarmlessEvidence | undefined) {
    this.#bound = bound;
    this.#gamble = new Gamble(before?.logs);
    this.#highest = before?.highest ?? 0;
  }

  get evidence(): HarmlessEvidence {
    return { highest: this.#highest, logs: this.#gamble.logs };
  }

  add({ on, off }: BlockSides): void {
    this.#gamble.add(
      -dominance(
        on.map((value) => value / (1 + this.#bound)),
        off,
      ),
    );
    this.#highest = Math.max(this.#highest, this.#gamble.logCapital);
  }

  get p(): number {
    return Math.exp(-this.#highest);
  }
}

class Gamble {
  readonly #logs: number[];

  constructor(before: readonly number[] = []) {
    this.#logs = STAKES.map((_, at) => before[at] ?? 0);
  }

  get logs(): number[] {
    return [...this.#logs];
  }

  /** `gain` in [−1, 1]. */
  add(gain: number): void {
    for (const [at, stake] of STAKES.entries())
      this.#logs[at] = (this.#logs[at] ?? 0) + Math.log1p(stake * gain);
  }

  get logCapital(): number {
    return logMean(this.#logs);
  }
}

/** P(left > right) − P(left < right), over all pairs; 0 where a side is empty. */
function dominance(left: readonly number[], right: readonly number[]): number {
  if (left.length === 0 || right.length === 0) return 0;
  const sorted = Float64Array.from(right).sort();

  let sum = 0;
  for (const value of left)
    sum += countBelow(sorted, value, false) - (sorted.length - countBelow(sorted, value, true));
  return sum / (left.length * right.length);
}

/** How many of a sorted list are below `value`, or at most `value`. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = sorted[middle] ?? 0;
    if (other < value || (orEqual && other === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function higherTail(left: readonly number[], right: readonly number[]): number {
  const [ofLeft, ofRight] = [tailOf(left), tailOf(right)];
  if (ofLeft === null || ofRight === null || ofLeft === ofRight) return 0;
  return ofLeft > ofRight ? 1 : -1;
}

/** An order statistic, so that an endless value is one, too. */
function tailOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * TAIL) - 1] ?? null;
}

function logMean(logs: readonly number[]): number {
  const most = Math.max(...logs);
  const sum = logs.reduce((total, log) => total + Math.exp(log - most), 0);
  return most + Math.log(sum / logs.length);
}
