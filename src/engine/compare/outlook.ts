import { caseFilter } from '../runs/caseFilter.ts';
import type { RunInputs } from '../runs/runInputs.ts';
import { smallestEffect } from '../statistics/power.ts';

/** What a dataset can show before anything is run. */
export interface Outlook {
  cases: number;
  /** Cases that share a source count once. */
  clusters: number;
  /** Smallest true change of the pass rate that is found with 80 % power, if a quarter of the cases change. */
  smallestPassChange: number;
}

/** Standard deviation of a paired pass/fail difference where a quarter of the pairs differ. */
const ASSUMED_DEVIATION = 0.5;

export async function outlookOn(inputs: RunInputs, signal: AbortSignal): Promise<Outlook> {
  const matches = caseFilter(inputs.plan.filter);
  const clusters = new Set<string>();
  let cases = 0;
  for await (const batch of inputs.source.batches({ signal }))
    for (const { case: entry } of batch) {
      if (!matches(entry)) continue;
      cases += 1;
      clusters.add(entry.cluster === undefined ? `case ${entry.id}` : `cluster ${entry.cluster}`);
    }
  const error = ASSUMED_DEVIATION / Math.sqrt(Math.max(1, clusters.size));
  return {
    cases,
    clusters: clusters.size,
    smallestPassChange: Math.min(1, smallestEffect(error, clusters.size)),
  };
}
