import type { JournalEntry } from '../../../src/engine/deploy/journal/journal.ts';
import { effectOf, transitionOf } from '../../../src/engine/deploy/journal/journalData.ts';
import type { Pair } from '../../../src/engine/deploy/routers/router.ts';
import type { FakeRouter } from './fakeRouter.ts';

/** Where what an entry says to be done is not, at the moment it is written: in sentences. */
export function effectProblems(
  entries: readonly JournalEntry[],
  entry: JournalEntry,
  { router, isSteered }: { router: FakeRouter; isSteered: boolean },
): string[] {
  const decided = transitionOf(entry);
  if (decided?.state.phase === 'decommissioning' && !isSteered)
    return endedBlindly(decided.state.pair, router);
  const verified = effectOf(entry);
  const of = entries.find(({ seq }) => seq === verified?.transition);
  const transition = of && transitionOf(of);
  const effect = transition?.effects[verified?.index ?? 0];
  if (!transition || !effect) return [];

  const { blue, green } = transition.state.pair;
  const found = (holds: boolean) => (holds ? [] : [`${effect.kind} is written down, and was not done`]);
  switch (effect.kind) {
    case 'start-green':
      return found(router.running.has(green.digest));
    case 'set-weights':
      return found(isSteered || isSet(router, effect.green, [blue?.digest, green.digest]));
    case 'stop': {
      const stopped = effect.side === 'blue' ? blue : green;
      return found(stopped === null || !router.running.has(stopped.digest));
    }
    case 'settle':
      return found(router.serving?.digest === green.digest);
    default:
      return [];
  }
}

/** Blue is not ended before green was seen to serve alone. */
function endedBlindly({ green }: Pair, router: FakeRouter): string[] {
  return router.share(green.digest) === 100 ? [] : ['the end of blue was decided while it had traffic'];
}

function isSet(router: FakeRouter, weight: number, [blue, green]: [string | undefined, string]): boolean {
  return router.share(green) === weight && (blue === undefined || router.share(blue) === 100 - weight);
}
