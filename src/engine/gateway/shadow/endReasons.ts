import { counted, formatCost, formatDuration } from '../../model/figures.ts';
import type { Interference } from '../gatewayStatus.ts';

/** Why a shadow ended by itself, for people. */
export const endReasons = {
  pairs: (maxPairs: number): string => `the limit of ${counted(maxPairs, 'pair')} is reached`,
  money: (maxCostUsd: number): string => `its budget of ${formatCost(maxCostUsd)} is used up`,
  time: (maxMs: number): string => `its time limit of ${formatDuration(maxMs)} is reached`,

  unpriced: (target: string, maxCostUsd: number): string =>
    `the cost of ${target} is unknown, so the budget of ${formatCost(maxCostUsd)} cannot be held: ` +
    'set its price under providers in touchstone.yaml, or leave out the budget',

  interference: ({ on, off, p }: Interference): string =>
    `copies slow down the requests of the route: median ${time(on.p50Ms)} with them and ${time(off.p50Ms)} without, ` +
    `99th percentile ${time(on.p99Ms)} with them and ${time(off.p99Ms)} without (p = ${(p ?? 1).toPrecision(1)})`,
};

function time(ms: number | null): string {
  return ms === null ? 'unknown' : formatDuration(ms);
}
