const STEPS = 120;
/** Of the place, and of the logarithm of `p` against the level. */
const PRECISION = 1e-12;
const CLOSE = 1e-10;

/**
 * Where `p`, which falls from `start` to `end`, comes down to `level`; `start` where it is below from the start, `end`
 * where it never is. Secants of its logarithm, with a bisection after every second.
 */
export function fallsTo(level: number, p: (at: number) => number, start: number, end: number): number {
  const excess = (at: number): number => Math.log(p(at) / level);
  let [low, above] = [start, excess(start)];
  let [high, below] = [end, excess(end)];
  if (above <= 0) return low;
  if (below > 0) return high;

  for (let step = 0; step < STEPS && high - low > PRECISION; step += 1) {
    const secant = low + ((high - low) * above) / (above - below);
    const middle = step % 3 === 2 || !(secant > low && secant < high) ? (low + high) / 2 : secant;
    const value = excess(middle);
    if (Math.abs(value) < CLOSE) return middle;
    if (value > 0) [low, above] = [middle, value];
    else [high, below] = [middle, value];
  }

  return high;
}
