import type { MetricComparison } from '../model/comparison.ts';
import {
  type DifferenceKind,
  smallestEffect,
  unitsToFind,
  unitsToShowEquivalence,
} from '../statistics/power.ts';
import type { Differences } from './pairs/differences.ts';

type Plan = Pick<
  MetricComparison,
  'smallestEffect' | 'casesToFind' | 'casesToShowEquivalence' | 'casesToDecide'
>;

/** What is not planned: too little is known, or the test is another one. */
export const NO_PLAN: Plan = {
  smallestEffect: null,
  casesToFind: null,
  casesToShowEquivalence: null,
  casesToDecide: null,
};

/**
 * What cases of this kind can show, by the rule of the verdict. `pairs`: they are single pass/fail pairs. Numbers of cases
 * are as many as are in the number of independent clusters that it takes.
 */
export function planOf(found: Differences, margin: number, pairs: boolean): Plan {
  const { n, clusters, standardError } = found.estimate;
  if (standardError === null) return NO_PLAN;
  const kind = pairs ? ofPairs(found) : ofMeans(found, standardError);
  const cases = (units: number | null) => (units === null ? null : Math.ceil((units * n) / clusters));
  const [find, show] = [unitsToFind(kind, found.estimate.mean), unitsToShowEquivalence(kind, margin)];
  const known = [find, show].filter((units) => units !== null);
  return {
    smallestEffect: smallestEffect(kind, clusters),
    casesToFind: cases(find),
    casesToShowEquivalence: cases(show),
    casesToDecide: known.length === 0 ? null : cases(Math.min(...known)),
  };
}

function ofPairs({ values }: Differences): DifferenceKind {
  return { kind: 'pairs', discordant: values.filter((value) => value !== 0).length / values.length };
}

function ofMeans({ clusters, estimate }: Differences, standardError: number): DifferenceKind {
  const size = estimate.n / clusters.length;
  const units = clusters.map(({ sum, n }) => (sum - estimate.mean * n) / size);
  const deviation = standardError * Math.sqrt(clusters.length);
  const cubes = units.reduce((sum, unit) => sum + unit ** 3, 0) / clusters.length;
  return {
    kind: 'means',
    deviation,
    skewness: deviation < 1e-9 ? 0 : cubes / deviation ** 3,
    largest: Math.max(...clusters.map(({ n }) => n)) / size,
  };
}
