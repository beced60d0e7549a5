import { twoSidedNormal } from './normalDistribution.ts';
import { midRanks } from './ranks.ts';

/** Of both groups together. Beyond, the normal approximation differs by less than anybody reads. */
const MOST_EXACT = 40;

/**
 * The Wilcoxon rank-sum test (Mann-Whitney U), two-sided: how likely two groups are to differ at least as much, if all that
 * distinguishes them is chance. Exact over all ways to split the values, ties included, up to 40 values; above, the normal
 * approximation with the correction for ties. 1 where a group is empty.
 */
export function rankSum(left: readonly number[], right: readonly number[]): number {
  const ranks = midRanks([...left, ...right]);
  const sum = ranks.slice(0, left.length).reduce((total, rank) => total + rank, 0);
  const mean = (left.length * (ranks.length + 1)) / 2;
  return ranks.length <= MOST_EXACT
    ? exact(ranks, left.length, Math.abs(sum - mean))
    : approximate(ranks, left.length, Math.abs(sum - mean));
}

/** Counts the splits by their sums of doubled ranks, which are whole. */
function exact(ranks: readonly number[], size: number, distance: number): number {
  const doubled = ranks.map((rank) => Math.round(2 * rank));
  const most = doubled.reduce((total, rank) => total + rank, 0);
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  if (ways[0]) ways[0][0] = 1;

  for (const [index, rank] of doubled.entries())
    for (let chosen = Math.min(size, index + 1); chosen >= 1; chosen -= 1) {
      const [from, to] = [ways[chosen - 1], ways[chosen]];
      if (!from || !to) continue;
      for (let sum = most - rank; sum >= 0; sum -= 1) {
        const count = from[sum] ?? 0;
        if (count > 0) to[sum + rank] = (to[sum + rank] ?? 0) + count;
      }
    }

  const mean = size * (ranks.length + 1);
  let all = 0;
  let extreme = 0;
  for (const [sum, count] of (ways[size] ?? new Float64Array()).entries()) {
    all += count;
    if (Math.abs(sum - mean) >= 2 * distance - 1e-9) extreme += count;
  }
  return extreme / all;
}

function approximate(ranks: readonly number[], size: number, distance: number): number {
  const n = ranks.length;
  const ties = [...Map.groupBy(ranks, (rank) => rank).values()].reduce(
    (total, { length }) => total + (length ** 3 - length),
    0,
  );
  const variance = ((size * (n - size)) / 12) * (n + 1 - ties / (n * (n - 1)));
  return variance === 0 ? 1 : twoSidedNormal(Math.max(0, distance - 0.5) / Math.sqrt(variance));
}
