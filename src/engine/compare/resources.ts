import type { CaseComparison, CaseSide, ResourceComparison } from '../model/comparison.ts';
import { cautiousMean } from '../statistics/cautiousMean.ts';
import { Xoshiro128 } from '../statistics/prng.ts';
import { clusterOf, differencesOf, type ValuePair } from './differences.ts';

const RESOURCES = [
  { resource: 'cost', unit: 'usd', of: (side: CaseSide) => side.costUsd },
  { resource: 'tokens', unit: 'tokens', of: (side: CaseSide) => side.tokens },
  { resource: 'latency', unit: 'ms', of: (side: CaseSide) => side.latencyMs },
] as const;

/** What a case costs on each side in money, tokens and time; 95 % intervals of the mean difference. */
export function compareResources(cases: readonly CaseComparison[], seed: number): ResourceComparison[] {
  return RESOURCES.map(({ resource, unit, of }) => {
    const pairs: ValuePair[] = [];
    for (const entry of cases) {
      const [baseline, candidate] = [of(entry.baseline), of(entry.candidate)];
      if (baseline !== null && candidate !== null)
        pairs.push({ cluster: clusterOf(entry), baseline, candidate });
    }
    const found = differencesOf(pairs);
    const difference = found?.estimate.mean ?? null;
    return {
      resource,
      unit,
      pairs: pairs.length,
      unknown: cases.length - pairs.length,
      baseline: found?.baseline ?? null,
      candidate: found?.candidate ?? null,
      difference,
      interval: found
        ? (cautiousMean(found.clusters, found.estimate, Xoshiro128.seeded(seed))?.interval ?? null)
        : null,
      relative: found && difference !== null && found.baseline > 0 ? difference / found.baseline : null,
    };
  });
}
