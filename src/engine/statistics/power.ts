import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { exponentialSumP } from './exponentialSum.ts';
import { mcnemarPower } from './mcnemarPower.ts';

/** Power that is planned with, as is usual: Cohen 1988, Statistical Power Analysis. */
const POWER = 0.8;
/** Level of the verdict. Either of two metrics that differs decides, so that the better one has to reach half of it (Holm). */
const ALPHA = 0.05;
const EITHER = ALPHA / 2;
/** More cases than this are not planned with. */
const MOST_UNITS = 1_000_000;
const HALVINGS = 16;
/** Up to here the power of McNemar's test is summed up; beyond, the bounded mean, which is the same test, does as well. */
const MANY_PAIRS = 1000;

/** What differences of independent units (cases, or clusters of them) are like. */
export type DifferenceKind =
  /** Pass/fail pairs, of which the share `discordant` differs: tested by McNemar's exact test. */
  | { kind: 'pairs'; discordant: number }
  /** DifferenceKind in [−1, 1], tested by the bounded mean. `largest` is the size of the largest cluster against the mean. */
  | { kind: 'means'; deviation: number; skewness: number; largest: number };

/**
 * Smallest true difference, from 0 to 1, that `units` find with 80 % power by the rule of the verdict; null where no
 * difference at all would be found.
 */
export function smallestEffect(differences: DifferenceKind, units: number): number | null {
  const finds = (effect: number): boolean => findsEffect(differences, effect, units);
  if (!finds(1)) return null;
  let [low, high] = [0, 1];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (finds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** How many units find a true difference of `effect` with 80 % power. Null for an effect of 0. */
export function unitsToFind(differences: DifferenceKind, effect: number): number | null {
  if (effect === 0) return null;
  return leastUnits((units) => findsEffect(differences, Math.abs(effect), units));
}

/**
 * How many units show with 80 % power that two sides that do not differ lie within ±`margin` of each other: two
 * one-sided tests at 5 %, both of which must hold.
 */
export function unitsToShowEquivalence(differences: DifferenceKind, margin: number): number | null {
  if (!(margin > 0)) return null;
  const means = asMeans(differences, 0);
  const bound = { distance: margin, worst: 1 - margin };
  // Either side must hold with 90 %, so that both do with 80 %.
  return leastUnits((units) => meansHold(means, bound, units, ALPHA, (1 + POWER) / 2));
}

function findsEffect(differences: DifferenceKind, effect: number, units: number): boolean {
  if (differences.kind === 'pairs' && units <= MANY_PAIRS)
    return mcnemarPower(units, differences.discordant, effect, EITHER) >= POWER;
  const means = asMeans(differences, effect);
  return meansHold(means, { distance: effect, worst: 1 }, units, EITHER / 2, POWER);
}

/**
 * Whether the bounded mean at `level` still rejects a bound, which the true mean is `distance` away from and the worst
 * difference `worst` on the other side of, when the sample is as bad as the worst of those that `power` leaves.
 */
function meansHold(
  { deviation, skewness, largest }: Extract<DifferenceKind, { kind: 'means' }>,
  { distance, worst }: { distance: number; worst: number },
  units: number,
  level: number,
  power: number,
): boolean {
  if (units < 2) return false;

  const mean = distance - (studentQuantile(power, units - 1) * deviation) / Math.sqrt(units);
  // Losses are what is feared on the side in question, and it may be either.
  return [...new Set([skewness, -skewness])].every((skew) => {
    // A cluster cannot gain more than its size.
    const values = twoPoints(deviation, skew).map(({ value, share }) => ({
      value: Math.min(largest, value + mean),
      count: share * units,
    }));
    return exponentialSumP(values, Math.min(-worst * largest, ...values.map(({ value }) => value))) <= level;
  });
}

/** The two values whose mean is 0, with this standard deviation and skewness. */
function twoPoints(deviation: number, skewness: number): { value: number; share: number }[] {
  const share = (1 + skewness / Math.hypot(2, skewness)) / 2;
  return [
    { value: -deviation * Math.sqrt((1 - share) / share), share },
    { value: deviation * Math.sqrt(share / (1 - share)), share: 1 - share },
  ];
}

function asMeans(differences: DifferenceKind, effect: number): Extract<DifferenceKind, { kind: 'means' }> {
  if (differences.kind === 'means') return differences;
  const share = Math.max(differences.discordant, effect);
  return { kind: 'means', deviation: Math.sqrt(share - effect ** 2), skewness: 0, largest: 1 };
}

/** The least number from which on, as far as it was tried, `enough` holds: by doubling and halving. */
function leastUnits(enough: (units: number) => boolean): number | null {
  let high = 2;
  while (!enough(high)) {
    if (high >= MOST_UNITS) return null;
    high *= 2;
  }

  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }

  return high;
}
