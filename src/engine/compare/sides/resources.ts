import type { CaseComparison, CaseSide, ResourceComparison } from '../../model/comparison.ts';
import { cautiousMean } from '../../statistics/cautiousMean.ts';
import type { Interval } from '../../statistics/interval.ts';
import { Xoshiro128 } from '../../statistics/prng.ts';
import { clusterOf, type Differences, differencesOf, type ValuePair } from '../pairs/differences.ts';

const RESOURCES = [
  { resource: 'cost', unit: 'usd', of: (side: CaseSide) => side.costUsd },
  { resource: 'tokens', unit: 'tokens', of: (side: CaseSide) => side.tokens },
  { resource: 'latency', unit: 'ms', of: (side: CaseSide) => side.latencyMs },
] as const;

/**
 * Costs have no upper limit, and a few dear cases make up most of some: no interval is certain to hold their mean. With an
 * end at this quantile, instead of the usual 0.975, it does with 95 % for costs with long tails (test/bench/statistics.bench.ts).
 */
const UP_TO = 0.99;
/** Fewer clusters hardly ever show a long tail. */
const FEWEST = 20;

/** What a case costs on each side in money, tokens and time; 95 % intervals of the mean difference, from 20 clusters on. */
export function compareResources(cases: readonly CaseComparison[], seed: number): ResourceComparison[] {
  return RESOURCES.map(({ resource, unit, of }) => {
    const pairs = cases.flatMap((entry): ValuePair[] => {
      const [baseline, candidate] = [of(entry.baseline), of(entry.candidate)];
      const known = baseline !== null && candidate !== null;
      return known ? [{ cluster: clusterOf(entry), baseline, candidate }] : [];
    });

    const found = differencesOf(pairs);
    return {
      resource,
      unit,
      pairs: pairs.length,
      unknown: cases.length - pairs.length,
      baseline: found?.baseline ?? null,
      candidate: found?.candidate ?? null,
      difference: found?.estimate.mean ?? null,
      interval: found && intervalOf(found, seed),
      relative: found && found.baseline > 0 ? found.estimate.mean / found.baseline : null,
    };
  });
}

function intervalOf({ clusters, estimate }: Differences, seed: number): Interval | null {
  if (clusters.length < FEWEST) return null;
  return cautiousMean(clusters, estimate, Xoshiro128.seeded(seed), UP_TO)?.interval ?? null;
}
