import type { Interval } from './interval.ts';
import { type CorrectedRate, type JudgedOutput, overlap, shareOf } from './predictionPowered.ts';

/** How a judge compares with labels, each with a 95 % interval over clusters. */
export interface JudgeErrors {
  /** Agreement beyond chance: Cohen 1960, Educ. Psychol. Meas. 20, 37–46. 0 for a judge that always says the same. */
  kappa: number;
  kappaInterval: Interval;
  /** Share of the outputs failed by people that the judge passes. */
  falsePasses: CorrectedRate;
  /** Share of the outputs passed by people that the judge fails. */
  falseFails: CorrectedRate;
}

/** Null where the labels are all the same: a kind of error that could not be made is unknown. */
export function judgeErrors(outputs: readonly JudgedOutput[]): JudgeErrors | null {
  const failed = outputs.filter(({ label }) => label === false);
  const passed = outputs.filter(({ label }) => label === true);
  if (failed.length === 0 || passed.length === 0) return null;

  const falsePasses = shareOf(failed, ({ judge }) => judge);
  const falseFails = shareOf(passed, ({ judge }) => !judge);
  const labels = [...failed, ...passed];
  const passes = shareOf(labels, ({ label }) => label === true);

  const kappa = kappaOf(passes.mean, falsePasses.mean, falseFails.mean);
  // Kappa falls with either error rate, and is lower where nearly all labels are the same. What each may be off by is put
  // together as in predictionPowered.ts.
  const together = overlap(failed, passed);
  const offBy = (end: 'low' | 'high') => {
    const own = kappa - kappaOf(passes.mean, falsePasses.interval[end], falseFails.mean);
    const other = kappa - kappaOf(passes.mean, falsePasses.mean, falseFails.interval[end]);
    return own ** 2 + other ** 2 + 2 * together * own * other;
  };

  const elsewhere = [passes.interval.low, passes.interval.high].map((share) =>
    kappaOf(share, falsePasses.mean, falseFails.mean),
  );
  const below = Math.sqrt(offBy('high') + (kappa - Math.min(kappa, ...elsewhere)) ** 2);
  const above = Math.sqrt(offBy('low') + (Math.max(kappa, ...elsewhere) - kappa) ** 2);

  return {
    kappa,
    kappaInterval: { low: Math.max(-1, kappa - below), high: Math.min(1, kappa + above) },
    falsePasses,
    falseFails,
  };
}

function kappaOf(passes: number, falsePasses: number, falseFails: number): number {
  const judged = passes * (1 - falseFails) + (1 - passes) * falsePasses;
  const observed = passes * falseFails + (1 - passes) * falsePasses;
  const expected = passes * (1 - judged) + (1 - passes) * judged;
  // Expected is 0 where all labels are the same and the judge says it too: there is no agreement beyond chance.
  return expected > 0 ? 1 - observed / expected : 0;
}
