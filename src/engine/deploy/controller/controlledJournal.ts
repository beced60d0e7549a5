import type { Clock } from '../../ports.ts';
import type { EntryDraft, Journal, JournalEntry } from '../journal/journal.ts';
import { JournalConflict } from '../journal/journalConflict.ts';

/** How often others may write at the same moment. */
const ATTEMPTS = 20;

/** Somebody wished for something between what was read and what was to be written: it is looked at first. */
export class StaleJournal extends Error {}

/** The journal of one deployment, as its controller writes it. */
export class ControlledJournal {
  readonly #journal: Pick<Journal, 'read' | 'append'>;
  readonly #deployment: string;
  readonly #holder: string;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(
    journal: Pick<Journal, 'read' | 'append'>,
    { deployment, holder, clock }: { deployment: string; holder: string; clock: Pick<Clock, 'now'> },
  ) {
    this.#journal = journal;
    this.#deployment = deployment;
    this.#holder = holder;
    this.#clock = clock;
  }

  read(signal: AbortSignal): Promise<JournalEntry[]> {
    return this.#journal.read(this.#deployment, signal);
  }

  /** Rejects with StaleJournal where there is an entry after `after`, whoever wrote it. */
  async decide(
    entry: Pick<EntryDraft, 'text' | 'data'>,
    after: number,
    signal: AbortSignal,
  ): Promise<JournalEntry> {
    try {
      return await this.#append({ kind: 'transition', ...entry }, after, signal);
    } catch (error) {
      throw error instanceof JournalConflict ? new StaleJournal(error.message, { cause: error }) : error;
    }
  }

  /** What holds whatever was wished for meanwhile. Rejects with StaleJournal where somebody else controls the deployment. */
  async record(
    entry: Pick<EntryDraft, 'text' | 'data'> & { kind: 'effect' | 'note' },
    after: number,
    signal: AbortSignal,
  ): Promise<JournalEntry> {
    let seq = after;
    for (let left = ATTEMPTS; ; left -= 1) {
      try {
        return await this.#append(entry, seq, signal);
      } catch (error) {
        if (!(error instanceof JournalConflict)) throw error;
        const since = (await this.read(signal)).filter((one) => one.seq > seq);
        if (left <= 1 || since.length === 0 || since.some(({ kind }) => kind !== 'wish'))
          throw new StaleJournal(error.message, { cause: error });
        seq = since.at(-1)?.seq ?? seq;
      }
    }
  }

  #append(entry: Omit<EntryDraft, 'atMs' | 'by'>, after: number, signal: AbortSignal): Promise<JournalEntry> {
    const draft = { ...entry, atMs: this.#clock.now(), by: this.#holder };
    return this.#journal.append(this.#deployment, draft, after, signal);
  }
}
