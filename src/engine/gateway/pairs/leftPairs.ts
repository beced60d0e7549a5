import type { PairCase } from './pairCase.ts';
import type { PairLog } from './pairLog.ts';
import type { PairPlaces } from './pairPlaces.ts';
import type { PairTally } from './pairTally.ts';
import { exchangeOf, type PairTargets, pendingPair } from './pendingPair.ts';

/** Takes over what an earlier process has stored. Returns the pairs that are still to be judged. */
export function leftPairs(
  log: PairLog,
  targets: PairTargets,
  { tally, places, known }: { tally: PairTally; places: PairPlaces; known: Set<string> },
): PairCase[] {
  const pending: PairCase[] = [];
  for (const stored of log.pairs()) {
    const { located } = stored;
    while (places.next < located.index) tally.skip(places.take());
    places.take();
    known.add(exchangeOf(located));

    if (stored.state === 'judged') tally.add(located, stored.results);
    else {
      const pair = pendingPair(located, stored.outputs, targets);
      if (pair) pending.push(pair);
      else tally.skip(located.index);
    }
  }
  return pending;
}
