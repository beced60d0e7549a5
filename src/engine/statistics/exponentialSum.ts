/** A value, and how often it counts, which need not be a whole number. */
export interface Counted {
  value: number;
  count: number;
}

const NEWTON_STEPS = 100;
/** First step and end of the trapezoidal rule. */
const STEP = 0.2;
const END = 40;
/**
 * Steps are halved until the sum changes by no more than this share. The integrand is analytic, so that the error is squared
 * each time and some eleven digits are right; many small values and one large make it swing, which takes smaller steps.
 */
const SETTLED = 1e-6;
const HALVINGS = 10;
const NEGLIGIBLE = 1e-14;
/** Beyond this size, of which the reciprocal counts, a product is as good as infinite. */
const HUGE = 1e150;

/**
 * P(Σ E_i v_i + E_0 `worst` ≤ 0) for independent standard exponential E, by inversion of the moment generating function
 * M(s) = Π 1/(1 − s v_i) along the vertical line through the saddle point c < 0 of M(s)/s: P = −1/(2πi) ∫ M(s)/s ds.
 * Daniels 1987, Int. Stat. Rev. 55, 37–48, section 3; with the substitution Im s = a·sinh t. `worst` is at most 0 and
 * at most as large as any value.
 */
export function exponentialSumP(values: readonly Counted[], worst: number): number {
  if (!(worst < 0)) return values.some(({ value }) => value > 0) ? 0 : 1;

  const all = [...values.filter(({ value, count }) => value !== 0 && count > 0), { value: worst, count: 1 }];
  const { c, curvature } = saddlePoint(all, worst);
  const height =
    Math.exp(-all.reduce((sum, { value, count }) => sum + count * Math.log1p(-c * value), 0)) / -c;

  const scale = 1 / Math.sqrt(curvature);
  const line = new Line(all, c);
  let step = STEP;
  let sum = 0.5 + sumAlong(line, scale, step, step);
  let integral = sum * step;
  for (let halving = 0; halving < HALVINGS; halving += 1) {
    sum += sumAlong(line, scale, step / 2, step);
    step /= 2;
    const change = Math.abs(sum * step - integral);
    integral = sum * step;
    if (change <= SETTLED * Math.abs(integral)) break;
  }

  return Math.min(1, Math.max(0, (integral * scale * height) / Math.PI));
}

/** Over t = `first`, `first` + `step`, … */
function sumAlong(line: Line, scale: number, first: number, step: number): number {
  let sum = 0;
  for (let t = first; t < END; t += step) {
    line.at(scale * Math.sinh(t));
    sum += line.real * Math.cosh(t);
    if (line.size * Math.cosh(t) < NEGLIGIBLE) break;
  }
  return sum;
}

/** M(s)/s along s = c + iv, in units of its value at c. */
class Line {
  real = 1;
  size = 1;
  readonly #c: number;
  readonly #slopes: Float64Array;
  readonly #counts: Float64Array;
  readonly #plain: boolean;

  constructor(values: readonly Counted[], c: number) {
    this.#c = c;
    this.#slopes = Float64Array.from(values, ({ value }) => value / (1 - c * value));
    this.#counts = Float64Array.from(values, ({ count }) => count);
    this.#plain = values.every(({ count }) => count === 1);
  }

  /** 1/Π (1 − i v u)^count · c/(c + iv), where u are the slopes. */
  at(v: number): void {
    let re = 1;
    let im = v / this.#c;
    if (this.#plain) {
      for (let i = 0; i < this.#slopes.length && Math.abs(re) + Math.abs(im) < HUGE; i += 1) {
        const turn = v * (this.#slopes[i] ?? 0);
        const turned = re + im * turn;
        im -= re * turn;
        re = turned;
      }
    } else {
      const [log, angle] = this.#polar(v);
      const factor = Math.min(HUGE, Math.exp(log));
      const turned = factor * (re * Math.cos(angle) - im * Math.sin(angle));
      im = factor * (re * Math.sin(angle) + im * Math.cos(angle));
      re = turned;
    }

    const square = re * re + im * im;
    this.real = re / square;
    this.size = 1 / Math.sqrt(square);
  }

  #polar(v: number): [number, number] {
    let log = 0;
    let angle = 0;
    for (let i = 0; i < this.#slopes.length; i += 1) {
      const turn = v * (this.#slopes[i] ?? 0);
      const count = this.#counts[i] ?? 0;
      log += (count * Math.log1p(turn * turn)) / 2;
      angle -= count * Math.atan(turn);
    }
    return [log, angle];
  }
}

/** Where log M(s) − log(−s) is least between 1/worst and 0; it is convex there. */
function saddlePoint(values: readonly Counted[], worst: number): { c: number; curvature: number } {
  let low = 1 / worst;
  let high = 0;
  let c = low / 2;
  let curvature = 1;
  for (let step = 0; step < NEWTON_STEPS; step += 1) {
    let slope = -1 / c;
    curvature = 1 / (c * c);

    for (const { value, count } of values) {
      const u = value / (1 - c * value);
      slope += count * u;
      curvature += count * u * u;
    }

    if (slope > 0) high = c;
    else low = c;

    const newton = c - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const moved = Math.abs(next - c);
    c = next;
    if (moved <= 1e-12 * Math.abs(c)) break;
  }

  return { c, curvature };
}
