import type { Clock } from '../../ports.ts';
import { isEnd } from '../machine/machineState.ts';
import { shownName } from '../shownName.ts';
import { foldJournal } from './foldJournal.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { JournalConflict } from './journalConflict.ts';
import { type Wish, written } from './journalData.ts';
import { UnreadableJournal } from './unreadableJournal.ts';

/** How often somebody else may write at the same moment. */
const ATTEMPTS = 20;

const WORDS: { readonly [kind in Wish['kind']]: string } = {
  promote: 'Go on to the next step',
  pause: 'Pause',
  resume: 'Resume',
  abort: 'Abort',
  rollback: 'Roll back',
  decommission: 'Decommission blue',
  start: 'Deploy another version',
};

/**
 * Writes down what a person wants, for whoever controls the deployment. Null where nothing is deployed, so that there is nothing to do.
 * `by`: the person.
 */
export async function wish(
  journal: Journal,
  deployment: string,
  wanted: Wish,
  { by, clock, signal }: { by: string; clock: Pick<Clock, 'now'>; signal: AbortSignal },
): Promise<JournalEntry | null> {
  for (let left = ATTEMPTS; ; left -= 1) {
    const entries = await journal.read(deployment, signal);
    const folded = foldJournal(entries);
    if (entries.length > 0 && !folded) throw new UnreadableJournal(deployment);
    if (entries.length === 0 || (folded && isEnd(folded.state.phase))) return null;
    try {
      const entry = {
        ...{ kind: 'wish' as const, atMs: clock.now(), by, text: textOf(wanted), data: written(wanted) },
      };
      return await journal.append(deployment, entry, entries.at(-1)?.seq ?? 0, signal);
    } catch (error) {
      if (!(error instanceof JournalConflict) || left <= 1) throw error;
    }
  }
}

function textOf(wanted: Wish): string {
  const words = WORDS[wanted.kind];
  if (wanted.kind === 'start') return `${words}: ${shownName(wanted.green)}`;
  return wanted.kind === 'promote' && wanted.override !== undefined
    ? `${words}, though its gate is undecided: ${wanted.override}`
    : words;
}
