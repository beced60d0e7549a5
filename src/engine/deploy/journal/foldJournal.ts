import type { RolloutPolicy } from '../../suites/deploying/deploymentConfig.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import type { Effect } from '../machine/effect.ts';
import type { MachineState } from '../machine/machineState.ts';
import type { JournalEntry } from './journal.ts';
import {
  type EffectData,
  effectOf,
  noteOf,
  type TransitionData,
  transitionOf,
  type Wish,
  wishOf,
} from './journalData.ts';

/** What the entries of one attempt come to. */
export interface Folded {
  state: MachineState;
  policy: RolloutPolicy;
  /** Digest of the configuration that it began with. */
  config: string;
  /** The last transition, and its entry. */
  last: { entry: JournalEntry; data: TransitionData };
  /** Of the last transition: effects that were not verified, in order, each with its index. */
  pending: readonly { effect: Effect; index: number }[];
  /** What the smoke test of the last transition came to. */
  smoke: NonNullable<EffectData['result']> | null;
  /** Since when evidence of the step counts, and its hold runs; null where none does. */
  evidenceSinceMs: number | null;
  /** The entry that says so; 0 where there is none. */
  evidenceSeq: number;
  /** Wishes that nobody has answered, in order. */
  wishes: readonly { entry: JournalEntry; wish: Wish }[];
  /** As last noted. */
  drift: readonly string[];
  models: readonly string[];
  where: string | null;
  /** What the step came to that was left last; null where another one has begun since. */
  report: StepReport | null;
  /** The last entry. */
  seq: number;
}

/** Undefined where the entries do not begin a deployment, or this version of the program does not understand them. */
export function foldJournal(entries: readonly JournalEntry[]): Folded | undefined {
  const transitions = entries.flatMap((entry) => {
    const data = transitionOf(entry);
    return data ? [{ entry, data }] : [];
  });
  const begin = transitions[0]?.data.begin;
  const last = transitions.at(-1);
  const isWhole = transitions.length === entries.filter(({ kind }) => kind === 'transition').length;
  if (!begin || !last || !isWhole) return undefined;

  const effects = entries.flatMap((entry) => effectOf(entry) ?? []);
  const notes = entries.flatMap((entry) => noteOf(entry) ?? []);
  const verified = effects.filter(({ transition }) => transition === last.entry.seq);
  return {
    state: last.data.state,
    policy: begin.policy,
    config: begin.config,
    last,
    pending: last.data.effects
      .map((effect, index) => ({ effect, index }))
      .filter(({ index }) => !verified.some((one) => one.index === index)),
    smoke: verified.find(({ result }) => result !== undefined)?.result ?? null,
    ...evidenceSince(entries),
    wishes: openWishes(entries),
    drift: lastOf(notes.map(({ drift }) => drift)) ?? [],
    models: lastOf(modelsSince(entries, last.data)) ?? [],
    where: lastOf(notes.map(({ where }) => where)) ?? null,
    report: lastReport(transitions.map(({ data }) => data)),
    seq: entries.at(-1)?.seq ?? 0,
  };
}

/** While it is decommissioned: blue was not ended yet, as far as the journal knows. */
export function isBlueLeft({ state, pending }: Pick<Folded, 'state' | 'pending'>): boolean {
  return (
    state.pair.blue !== null && pending.some(({ effect }) => effect.kind === 'stop' && effect.side === 'blue')
  );
}

function lastReport(transitions: readonly TransitionData[]): StepReport | null {
  let last: StepReport | null = null;
  for (const { state, effects, report } of transitions) {
    const begins = state.phase === 'preparing' || effects.some(({ kind }) => kind === 'begin-evidence');
    last = begins ? null : (report ?? last);
  }
  return last;
}

/** Of the last step that began: from when its weights were in place. */
function evidenceSince(entries: readonly JournalEntry[]): Pick<Folded, 'evidenceSinceMs' | 'evidenceSeq'> {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  let begun: JournalEntry | null = null;
  for (const entry of entries) {
    const transition = transitionOf(entry);
    if (transition?.effects.some(({ kind }) => kind === 'begin-evidence' || kind === 'discard-evidence'))
      begun = null;

    const effect = effectOf(entry);
    const of = effect && bySeq.get(effect.transition);
    const done = of && transitionOf(of)?.effects[effect.index];
    if (done?.kind === 'begin-evidence') begun = entry;
  }
  return { evidenceSinceMs: begun?.atMs ?? null, evidenceSeq: begun?.seq ?? 0 };
}

function openWishes(entries: readonly JournalEntry[]): { entry: JournalEntry; wish: Wish }[] {
  const answered = new Set(
    entries.flatMap((entry) => transitionOf(entry)?.wish ?? noteOf(entry)?.wish ?? []),
  );
  return entries.flatMap((entry) => {
    const wish = wishOf(entry);
    return wish && !answered.has(entry.seq) ? [{ entry, wish }] : [];
  });
}

/** Of the green that is brought forward now. */
function modelsSince(
  entries: readonly JournalEntry[],
  { state }: TransitionData,
): (readonly string[] | undefined)[] {
  const first = entries.findIndex(
    (entry) => transitionOf(entry)?.state.pair.green.digest === state.pair.green.digest,
  );
  return entries
    .slice(Math.max(0, first))
    .map((entry) => noteOf(entry)?.models ?? transitionOf(entry)?.models);
}

function lastOf<T>(values: readonly (T | undefined)[]): T | undefined {
  return values.findLast((value) => value !== undefined);
}
