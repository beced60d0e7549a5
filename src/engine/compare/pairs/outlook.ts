import { chosenBatches } from '../../runs/chosenBatches.ts';
import type { RunInputs } from '../../runs/execution/runInputs.ts';
import { smallestEffect } from '../../statistics/power.ts';

/** What a dataset can show before anything is run. */
export interface Outlook {
  cases: number;
  /** Cases that share a source count once. */
  clusters: number;
  /**
   * Smallest true change of the pass rate that the verdict finds with 80 % power, if a quarter of the cases change, or as
   * many as the change itself needs. Null where no change would be found.
   */
  smallestPassChange: number | null;
}

/** Share of pass/fail pairs that is expected to differ. */
const DISCORDANT = 0.25;

/** What the cases that take part can show. */
export async function outlookOn(
  inputs: { plan: Pick<RunInputs['plan'], 'filter'>; source: RunInputs['source'] },
  signal: AbortSignal,
): Promise<Outlook> {
  const clusters = new Map<string, number>();
  let cases = 0;
  for await (const batch of chosenBatches(inputs, signal))
    for (const { case: entry } of batch) {
      cases += 1;
      const cluster = entry.cluster === undefined ? `case ${entry.id}` : `cluster ${entry.cluster}`;
      clusters.set(cluster, (clusters.get(cluster) ?? 0) + 1);
    }
  return { cases, clusters: clusters.size, smallestPassChange: smallestPassChange([...clusters.values()]) };
}

/**
 * By the sizes of the clusters, whose cases are expected to change together. Clusters of unequal size are worth no more
 * than (Σn)²/Σn² equal ones: Kish 1965, Survey Sampling, section 8.2.
 */
export function smallestPassChange(sizes: readonly number[]): number | null {
  const cases = sizes.reduce((sum, size) => sum + size, 0);
  const squares = sizes.reduce((sum, size) => sum + size * size, 0);
  const units = squares > 0 ? Math.floor(cases ** 2 / squares) : 0;
  return smallestEffect({ kind: 'pairs', discordant: DISCORDANT }, units);
}
