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
  return [...replayed(entries), ...unfounded(entries, known), ...unordered(entries)];
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

/** A step passes by its own samples, after its hold. */
function unfounded(entries: readonly JournalEntry[], { samples, monotonicOf, hasJumped }: Known): string[] {
  return entries.flatMap((entry, index) => {
    const transition = transitionOf(entry);
    if (transition?.event !== 'step-passed') return [];
    const before = foldJournal(entries.slice(0, index));
    const step = before?.policy.steps[before.state.step ?? 0];
    const begun = begunBefore(entries.slice(0, index));
    if (!before || !step || !begun) return ['a step passed that had not begun'];

    const lasted = monotonicOf(entry) - monotonicOf(begun);
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
