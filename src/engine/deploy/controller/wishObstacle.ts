import { type Folded, isBlueLeft } from '../journal/foldJournal.ts';
import type { Wish } from '../journal/journalData.ts';
import type { Observed } from '../routers/router.ts';
import { reasonOf } from './performEffect.ts';
import type { PhaseLook } from './phaseLook.ts';

/** Why what is seen now does not allow what a person wants, in a sentence; null where it does. */
export async function wishObstacle(
  wish: Wish['kind'],
  folded: Folded,
  look: Pick<PhaseLook, 'observe'>,
  signal: AbortSignal,
): Promise<string | null> {
  const isBack = wish === 'abort' || wish === 'rollback';
  if (wish === 'decommission') return toDecommission(folded, await look.observe(folded, signal));
  if (!isBack || folded.state.phase !== 'decommissioning') return null;
  if (!isBlueLeft(folded)) return wayBackIsClosed(folded, 'it is stopped already');
  const { blue } = await look.observe(folded, signal);
  return blue.state === 'ready' ? null : wayBackIsClosed(folded, reasonOf(blue));
}

/** Blue is not ended while it has traffic, nor while green cannot serve. */
function toDecommission({ state }: Folded, { weights, green }: Observed): string | null {
  const blue = state.pair.blue?.name ?? 'The version before';
  const { name } = state.pair.green;
  if (weights === null) return `${blue} is not stopped: the route does not name both versions any more.`;
  if (weights.green !== 100)
    return `${blue} is not stopped: the weights are ${weights.blue} % and ${weights.green} %, not 0 % and 100 %.`;
  if (green.state !== 'ready') return `${blue} is not stopped: ${name} is not ready, ${reasonOf(green)}.`;
  return null;
}

function wayBackIsClosed({ state }: Folded, reason: string): string {
  const { blue } = state.pair;
  return blue === null
    ? 'There is no way back: nothing served before.'
    : `There is no way back to ${blue.name}: ${reason}. Deploy it again.`;
}
