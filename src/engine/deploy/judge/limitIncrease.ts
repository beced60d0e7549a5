import studentQuantile from '@stdlib/stats-base-dists-t-quantile';
import { dollars, percentLimit, ROUNDING } from '../../compare/gate/clauseText.ts';
import { formatSigned } from '../../model/figures.ts';
import { ClusteredMean, type MeanEstimate } from '../../statistics/clusteredMean.ts';
import { Sample as Ranked } from '../../statistics/quantiles.ts';
import { timeUniformErrors } from '../../statistics/timeUniform.ts';
import {
  logAgainstTailNotGreater,
  logAgainstTailNotLess,
  tailNotLessP,
} from '../../statistics/unpairedTail.ts';
import type { Sample } from '../evidence/sample.ts';
import { clauseOf, type Judged, judged } from './judged.ts';
import type { Compared } from './relativeClauses.ts';
import type { Levels } from './stepLevels.ts';
import { known } from './stepSamples.ts';

/** Sessions on each side without which bounds that are asymptotic show nothing. */
const LEAST_CLUSTERS = 20;
/** Costs are skewed, so that the mean of a few is too low more often than not: their level is made up for that. */
const SKEW = 0.7;

/** Mean cost of a request. An unknown cost may be anything. */
export function costClause(compared: Compared, max: number, levels: Levels): Judged {
  const name = 'max_cost_increase';
  const [after, before] = [costsOf(compared.green), costsOf(compared.blue)];
  const unknown = after.unknown + before.unknown;
  if (!after.mean || !before.mean || unknown > 0)
    return judged(
      name,
      'undecided',
      unknown > 0 ? `the cost of ${unknown} answers is unknown` : 'no answer was measured on both sides',
    );

  const rise =
    before.mean.mean > 0 ? `${formatSigned((after.mean.mean / before.mean.mean - 1) * 100, 1)} %` : null;
  const reason = `cost of a request ${dollars(after.mean.mean)}, now ${dollars(before.mean.mean)}${rise === null ? '' : ` (${rise})`}; at most +${percentLimit(max)} allowed`;
  if (after.mean.mean === 0) return judged(name, 'pass', 'the next version costs nothing', true);
  return clauseOf(name, shownOfCost(after.mean, before.mean, 1 + max, levels), reason);
}

function shownOfCost(after: MeanEstimate, before: MeanEstimate, factor: number, levels: Levels) {
  const [ours, theirs] = [after.standardError, before.standardError];
  const difference = after.mean - factor * before.mean;
  const slack = ROUNDING * Math.max(after.mean, before.mean);
  if (ours === null || theirs === null) return { fails: false, passes: false, passesEarly: false };

  const isMany = Math.min(after.clusters, before.clusters) >= LEAST_CLUSTERS;
  const width = (alpha: number) =>
    ours * timeUniformErrors(after.clusters, alpha / 2) +
    factor * theirs * timeUniformErrors(before.clusters, alpha / 2);
  const fails = isMany && difference - width(levels.alpha) > slack;

  const error = Math.hypot(ours, factor * theirs);
  const freedom = Math.min(after.clusters, before.clusters) - 1;
  const passes =
    difference + studentQuantile(1 - Math.min(0.5, levels.pass) * SKEW, freedom) * error <= slack;
  return {
    fails,
    passes: !fails && passes,
    passesEarly: isMany && difference + width(levels.earlyAlpha) <= slack,
  };
}

function costsOf(samples: readonly Sample[]): { mean: MeanEstimate | null; unknown: number } {
  const costs = new ClusteredMean();
  let unknown = 0;
  // What an error cost is seldom told; errors are held by their own clause.
  for (const { costUsd, cluster, isError } of samples) {
    const cost = known(costUsd);
    if (cost !== null) costs.add(cost, cluster ?? undefined);
    else if (!isError) unknown += 1;
  }
  return { mean: costs.estimate(), unknown };
}

/**
 * p95 of the answers that came. Those of one session are as good as one: its longest. A time that is unknown speaks for the next version
 * where it may fail, and against it where it may pass.
 */
export function latencyIncreaseClause(compared: Compared, max: number, levels: Levels): Judged {
  const name = 'max_latency_increase';
  const [ours, theirs] = [latenciesOf(compared.green), latenciesOf(compared.blue)];
  const [after, before] = [p95(ours), p95(theirs)];
  if (after === null || before === null)
    return judged(name, 'undecided', 'no answer was measured on both sides');

  const reason = `p95 latency ${after.toFixed(0)} ms, now ${before.toFixed(0)} ms; at most +${percentLimit(max)} allowed`;
  const [shortest, longest] = [latenciesOf(compared.green, 0), latenciesOf(compared.blue, LONGEST)];
  const fails = logAgainstTailNotGreater(shortest, longest, 1 + max) >= levels.fail;
  const [worst, best] = [latenciesOf(compared.green, LONGEST), latenciesOf(compared.blue, 0)];
  const passes = tailNotLessP(worst, best, 1 + max) <= levels.pass;
  const passesEarly = logAgainstTailNotLess(worst, best, 1 + max) >= levels.early;
  return clauseOf(name, { fails, passes: !fails && passes, passesEarly }, reason);
}

/** Longer than any answer takes, and any limit of it. */
const LONGEST = Number.POSITIVE_INFINITY;

/** Without those that are not known where nothing stands for them. */
function latenciesOf(samples: readonly Sample[], unknown: number | null = null): number[] {
  const alone: number[] = [];
  const longest = new Map<string, number>();
  for (const { latencyMs, isError, cluster } of samples) {
    const latency = known(latencyMs) ?? unknown;
    if (latency === null || isError) continue;
    if (cluster === null) alone.push(latency);
    else longest.set(cluster, Math.max(longest.get(cluster) ?? 0, latency));
  }
  return [...alone, ...longest.values()];
}

function p95(latencies: readonly number[]): number | null {
  const ranked = new Ranked();
  for (const latency of latencies) ranked.add(latency);
  return ranked.quantile(0.95);
}
