import type { EntryDraft, Hold, Journal, JournalEntry } from '../../../src/engine/deploy/journal/journal.ts';
import { JournalConflict } from '../../../src/engine/deploy/journal/journalConflict.ts';
import { transitionOf } from '../../../src/engine/deploy/journal/journalData.ts';
import { isEnd } from '../../../src/engine/deploy/machine/machineState.ts';

/** The rules of a journal, of one deployment, without a file. */
export class MemoryJournal implements Journal {
  readonly attempts: JournalEntry[][] = [];
  /** Of each entry, as soon as it is written. */
  onEntry: (entry: JournalEntry) => void = () => {};
  /** Monotonic time, for leases. */
  readonly #now: () => number;
  readonly #times = new Map<string, number>();
  #lease: { holder: string; untilMs: number } | undefined;

  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  get entries(): JournalEntry[] {
    return this.attempts.at(-1) ?? [];
  }

  get holder(): string | undefined {
    return this.#lease && this.#lease.untilMs > this.#now() ? this.#lease.holder : undefined;
  }

  /** When an entry was written, whatever the clock on the wall said. */
  monotonicOf(entry: JournalEntry): number {
    const attempt = this.attempts.findIndex((entries) => entries.includes(entry));
    return this.#times.get(`${attempt + 1}/${entry.seq}`) ?? 0;
  }

  /** Its process is dead, as the journal of one host sees at once. */
  forget(holder: string): void {
    if (this.#lease?.holder === holder) this.#lease = undefined;
  }

  async list(): Promise<string[]> {
    return this.attempts.length === 0 ? [] : ['support'];
  }

  async read(): Promise<JournalEntry[]> {
    return structuredClone(this.entries);
  }

  async append(_deployment: string, entry: EntryDraft, after: number): Promise<JournalEntry> {
    const isBegin = after === 0 && this.holder === undefined;
    if (entry.kind !== 'wish' && this.holder !== entry.by && !isBegin)
      throw new JournalConflict(`${entry.by} does not control it`);
    const phase = this.entries.flatMap((one) => transitionOf(one) ?? []).at(-1)?.state.phase;
    const isOver = this.attempts.length === 0 || (phase !== undefined && isEnd(phase));
    if (after === 0 && isOver) this.attempts.push([]);
    else if ((this.entries.at(-1)?.seq ?? 0) !== after) throw new JournalConflict('written meanwhile');

    const whole = structuredClone({ ...entry, seq: after + 1 });
    this.entries.push(whole);
    this.#times.set(`${this.attempts.length}/${whole.seq}`, this.#now());
    this.onEntry(whole);
    return whole;
  }

  async hold(_deployment: string, holder: string, leaseMs: number): Promise<Hold> {
    const by = this.holder;
    if (by !== undefined && by !== holder) return { isHeld: false, by, untilMs: this.#lease?.untilMs ?? 0 };
    this.#lease = { holder, untilMs: this.#now() + leaseMs };
    return { isHeld: true };
  }

  async release(_deployment: string, holder: string): Promise<void> {
    this.forget(holder);
  }
}
