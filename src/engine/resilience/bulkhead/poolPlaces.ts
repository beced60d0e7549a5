import type { PoolConfig } from '../resilienceConfig.ts';

/** Places that calls of a pool have. */
export interface Places {
  underWay: number;
}

export type PlaceAdmission =
  | { kind: 'granted'; places: Places }
  | { kind: 'waits' }
  /** As many calls are under way, and wait, as may. */
  | { kind: 'full' }
  /** No wait would ever end. */
  | { kind: 'none allowed' };

export const EMPTY: Places = { underWay: 0 };

/** Absent limits do not limit; a limit of 0 allows none. `waiting`: calls that came before. */
export function admitCall(
  places: Places,
  waiting: number,
  { maxConcurrency, queue, whenFull }: Pick<PoolConfig, 'maxConcurrency' | 'queue' | 'whenFull'>,
): PlaceAdmission {
  const most = maxConcurrency ?? Infinity;
  if (most === 0) return { kind: 'none allowed' };
  if (waiting === 0 && places.underWay < most)
    return { kind: 'granted', places: { underWay: places.underWay + 1 } };
  if (whenFull === 'reject' || waiting >= (queue ?? Infinity)) return { kind: 'full' };
  return { kind: 'waits' };
}

export function endCall({ underWay }: Places): Places {
  return { underWay: underWay - 1 };
}
