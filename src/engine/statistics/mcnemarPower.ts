import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import { exactMcNemar } from './mcnemar.ts';

/** Numbers of discordant pairs further from the expected than this many standard deviations do not count. */
const FAR = 7;

/**
 * Chance that McNemar's exact test at `level` finds a true difference of `effect`, in its direction, in `pairs` of
 * which the share `discordant` differs (more where the effect alone makes more differ): the sum over all numbers of
 * discordant pairs. Duffy 1984, Biometrics 40, 1005–1015.
 */
export function mcnemarPower(pairs: number, discordant: number, effect: number, level: number): number {
  const share = Math.min(1, Math.max(discordant, effect));
  const improving = (1 + effect / share) / 2;
  const spread = FAR * Math.sqrt(pairs * share * (1 - share));
  const first = Math.max(0, Math.floor(pairs * share - spread));
  const last = Math.min(pairs, Math.ceil(pairs * share + spread));

  let least = Math.ceil(first / 2);
  let power = 0;
  for (let count = first; count <= last; count += 1) {
    while (least <= count && (2 * least <= count || exactMcNemar(least, count - least) > level)) least += 1;
    // One more discordant pair lets the least significant number of improvements grow by one at most, never shrink.
    if (least > count) continue;
    power += binomialAt(count, pairs, share) * binomialCdf(count - least, count, 1 - improving);
  }

  return power;
}

function binomialAt(count: number, n: number, share: number): number {
  return binomialCdf(count, n, share) - binomialCdf(count - 1, n, share);
}
