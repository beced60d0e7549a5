import { isDeepStrictEqual } from 'node:util';
import type { Sample } from '../../../src/engine/deploy/evidence/sample.ts';
import { foldJournal } from '../../../src/engine/deploy/journal/foldJournal.ts';
import type { JournalEntry } from '../../../src/engine/deploy/journal/journal.ts';
import {
  effectOf,
  type TransitionData,
  transitionOf,
} from '../../../src/engine/deploy/journal/journalData.ts';
import { type DeploymentEvent, PLAIN_EVENTS } from '../../../src/engine/deploy/machine/deploymentEvent.ts';
import { next } from '../../../src/engine/deploy/machine/next.ts';

interface Known {
  samples: readonly Sample[];
  monotonicOf(entry: JournalEntry): number;
  /** The clock has gone forward: after a restart, a hold may be over too early by it. */
  hasJumped: boolean;
}

/** What the entries of one attempt show to be wrong, in sentences. */
export function journalProblems(entries: readonly JournalEntry[], known: Known): string[] {
  return [
    ...replayed(entries),
    ...unfounded(entries, known),
    ...unordered(entries),
    ...hasty(entries),
    ...stoppedFirst(entries),
    ...stale(entries),
  ];
}

/** The events alone lead to the states that are written. */
function replayed(entries: readonly JournalEntry[]): string[] {
  const policy = foldJournal(entries)?.policy;
  const transitions = entries.flatMap((entry) => transitionOf(entry) ?? []);
  if (!policy) return ['the journal cannot be read'];
  return transitions.slice(1).flatMap((transition, index) => {
    const before = transitions[index];
    const event = eventOf(transition);
    const after = before && event && next(before.state, event, policy);
    const isSame =
      isDeepStrictEqual(after?.state, transition.state) &&
      isDeepStrictEqual(after?.effects, transition.effects);
    return isSame
      ? []
      : [`${transition.event} does not lead from ${before?.state.phase} to ${transition.state.phase}`];
  });
}

function eventOf({ event, state }: TransitionData): DeploymentEvent | undefined {
  if (event === 'newer')
    return state.successor ? { kind: 'newer', reason: '', green: state.successor } : undefined;
  const kind = PLAIN_EVENTS.find((one) => one === event);
  return kind && { kind, reason: '' };
}

/** A step passes by its own samples, after its hold; and fails by its own errors. */
function unfounded(entries: readonly JournalEntry[], { samples, monotonicOf, hasJumped }: Known): string[] {
  return entries.flatMap((entry, index) => {
    const transition = transitionOf(entry);
    if (transition?.event === 'step-failed') return unproved(entries.slice(0, index), samples);
    if (transition?.event !== 'step-passed') return [];
    const before = foldJournal(entries.slice(0, index));
    const step = before?.policy.steps[before.state.step ?? 0];
    const begun = begunBefore(entries.slice(0, index));
    if (!before || !step || !begun) return ['a step passed that had not begun'];

    // An entry may be written later than its time says; the clock on the wall may have gone back.
    const lasted = Math.max(monotonicOf(entry) - monotonicOf(begun), entry.atMs - begun.atMs);
    const hold = before.policy.earlyPassMs ?? step.holdMs;
    // By the time that passed: the clock may have been set.
    const own = samples.filter(
      ({ atMs, side }) => side === 'green' && atMs >= begun.atMs && atMs <= begun.atMs + lasted,
    );
    const wrong: string[] = [];
    if (own.length < step.minSamples && !hasJumped) wrong.push(`a step passed with ${own.length} samples`);
    if (lasted < hold - 1 && !hasJumped) wrong.push(`a step passed after ${lasted} ms`);
    return wrong;
  });
}

/** The fake judge fails what has three errors. */
function unproved(before: readonly JournalEntry[], samples: readonly Sample[]): string[] {
  const begun = begunBefore(before);
  if (!begun) return ['a step failed that had not begun'];
  // No later limit: the clock may have gone back since.
  const errors = samples.filter((sample) => sample.isError && sample.atMs >= begun.atMs);
  return errors.length < 3 ? [`a step failed with ${errors.length} errors`] : [];
}

/** What is seen is acted on when all that was decided before is done. */
const SEEN: ReadonlySet<string> = new Set([
  ...['ready', 'smoke-passed', 'smoke-failed', 'smoke-undecided', 'step-passed', 'step-failed'],
  ...['step-undecided', 'model-drifted', 'route-changed', 'keep-over', 'effects-done'],
]);

/** Also where another controller takes it up: what the last one had decided and not verified is done first. */
function hasty(entries: readonly JournalEntry[]): string[] {
  let last: JournalEntry | undefined;
  let open = 0;
  return entries.flatMap((entry) => {
    if (effectOf(entry)?.transition === last?.seq) open -= 1;
    const transition = transitionOf(entry);
    if (!transition) return [];
    const isEarly = open > 0 && SEEN.has(transition.event);
    const problem = `${transition.event} before ${open} effects were verified`;
    last = entry;
    open = transition.effects.length;
    return isEarly ? [problem] : [];
  });
}

/** Green is stopped after its weight of 0 was read back by the same transition. */
function stoppedFirst(entries: readonly JournalEntry[]): string[] {
  const done = entries.flatMap((entry) => {
    const effect = effectOf(entry);
    const of = effect && entries.find(({ seq }) => seq === effect.transition);
    const what = of && transitionOf(of)?.effects[effect.index];
    return what && of ? [{ what, of: of.seq }] : [];
  });
  return done.flatMap(({ what, of }, index) => {
    if (what.kind !== 'stop' || what.side !== 'green') return [];
    const isBack = done
      .slice(0, index)
      .some((one) => one.of === of && one.what.kind === 'set-weights' && one.what.green === 0);
    return isBack ? [] : ['green was stopped before all the traffic was read back to be with blue'];
  });
}

const WATCHED: ReadonlySet<string> = new Set(['watching', 'paused', 'keeping']);
/** What was gathered before these says nothing of what comes after them. */
const AFRESH: ReadonlySet<string> = new Set([
  'model-drifted',
  'clock-jumped',
  'resume',
  'newer',
  'smoke-passed',
]);

/** Evidence counts while a step is watched alone, and none of a window that was discarded. */
function stale(entries: readonly JournalEntry[]): string[] {
  return entries.flatMap((entry, index) => {
    const transition = transitionOf(entry);
    const folded = transition && foldJournal(entries.slice(0, index + 1));
    if (!transition || !folded || folded.evidenceSinceMs === null) return [];
    const { phase } = transition.state;
    if (!WATCHED.has(phase)) return [`evidence counts while it is ${phase}`];
    return AFRESH.has(transition.event) && phase === 'watching'
      ? [`evidence of before counts after ${transition.event}`]
      : [];
  });
}

/** When evidence of the step began to count: said by the last transition that let it begin, and by no earlier one. */
function begunBefore(entries: readonly JournalEntry[]): JournalEntry | undefined {
  const last = entries.findLast((entry) => effectIndex(entry, 'begin-evidence') >= 0);
  return entries.find((entry) => {
    const effect = effectOf(entry);
    return last && effect?.transition === last.seq && effect.index === effectIndex(last, 'begin-evidence');
  });
}

function effectIndex(entry: JournalEntry, kind: string): number {
  return transitionOf(entry)?.effects.findIndex((effect) => effect.kind === kind) ?? -1;
}

/** No effect is verified that was not decided before, and none twice. */
function unordered(entries: readonly JournalEntry[]): string[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    const effect = effectOf(entry);
    if (!effect) return [];
    const of = entries.find(({ seq }) => seq === effect.transition);
    const isDecided = of && of.seq < entry.seq && transitionOf(of)?.effects[effect.index];
    const key = `${effect.transition}/${effect.index}`;
    const isAgain = seen.has(key);
    seen.add(key);
    return isDecided && !isAgain
      ? []
      : [`the effect ${key} was verified ${isAgain ? 'twice' : 'and never decided'}`];
  });
}
