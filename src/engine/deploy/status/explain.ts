import type { DeploymentStatus } from '../deploymentStatus.ts';
import { foldJournal } from '../journal/foldJournal.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { transitionOf } from '../journal/journalData.ts';
import { shownName } from '../shownName.ts';

/** Why a deployment is where it is, in sentences, the most important first. */
export function explain(status: DeploymentStatus): string[] {
  const folded = foldJournal(status.journal);
  if (!folded) return [];

  const { last, drift, wishes, pending } = folded;
  const sentences = [
    phaseSentence(status, drift.length > 0),
    ended(last.data.reason),
    ...overrides(status.journal),
    ...lastNote(status.journal),
    ...reportSentences(status),
    ...drift.map(ended),
    ...(pending.length > 0 && status.controller !== null ? ['It is being carried out.'] : []),
    ...wishes.map(({ entry }) => `${entry.by} asked for: ${lowerFirst(entry.text)}.`),
    ...(status.controller === null && !isOver(status)
      ? [`No process controls it, so that nothing goes on: \`touchstone deploy watch ${status.deployment}\`.`]
      : []),
  ];
  return [...new Set(sentences)];
}

/** `isChanged`: somebody else's targets may hold in place of blue. */
function phaseSentence({ phase, pair, step, steps }: DeploymentStatus, isChanged: boolean): string {
  const green = shownName(pair.green);
  const blue = pair.blue ? shownName(pair.blue) : 'nothing';
  const weight = step === null ? 0 : (steps[step]?.weight ?? 0);
  switch (phase) {
    case 'preparing':
      return `${green} is about to be started; it gets no traffic yet.`;
    case 'starting':
      return `${green} is starting; it gets no traffic until it is ready.`;
    case 'healthy':
      return `${green} is ready; it gets no traffic yet.`;
    case 'smoking':
      return `${green} is asked a few golden cases before it gets traffic.`;
    case 'watching':
      return `${green} gets ${weight} % of the traffic and is watched (step ${(step ?? 0) + 1} of ${steps.length}).`;
    case 'paused':
      return step === null
        ? `Paused before ${green} got any traffic.`
        : `Paused while ${green} gets ${weight} % of the traffic (step ${step + 1} of ${steps.length}).`;
    case 'keeping':
      return `${green} gets all traffic; ${blue} is kept for a way back.`;
    case 'decommissioning':
      return `${green} gets all traffic; ${blue} is being stopped.`;
    case 'done':
      return `${green} serves.`;
    case 'rolling-back':
      return `${blue} gets all traffic back, and ${green} is stopped.`;
    case 'rolled-back':
      return isChanged ? `Rolled back: ${green} gets no traffic.` : `Rolled back: ${blue} serves.`;
    case 'failed':
      return `Failed: it cannot go on by itself. Mend the cause, then \`touchstone deploy rollback\`.`;
  }
}

function reportSentences({ report, phase }: DeploymentStatus): string[] {
  if (!report || (phase !== 'watching' && phase !== 'paused')) return [];
  const { status, reason, green, minSamples } = report;
  if (status === 'pass') return ['Its gate passes.'];
  const why = reason === null ? '' : `: ${reason}`;
  const said = ended(`${status === 'fail' ? 'Its gate fails' : 'Its gate is undecided'}${why}`);
  return green.samples < minSamples ? [said, `It has ${green.samples} of ${minSamples} samples.`] : [said];
}

/** What was noted since: a wish that was refused, a router that is silent. */
function lastNote(entries: readonly JournalEntry[]): string[] {
  const last = entries.at(-1);
  // What was seen of models and targets is told elsewhere.
  const isOther = last?.data['models'] !== undefined || last?.data['drift'] !== undefined;
  return last?.kind === 'note' && !isOther ? [ended(last.text)] : [];
}

/** For as long as the deployment is shown: whoever looks at it later must see that a step was not decided by its evidence. */
function overrides(entries: readonly JournalEntry[]): string[] {
  return entries.flatMap((entry) => {
    const { override, wish, state } = transitionOf(entry) ?? {};
    if (override === undefined) return [];
    const by = entries.find(({ seq }) => seq === wish)?.by ?? entry.by;
    return ended(
      `${by} went on to step ${(state?.step ?? 0) + 1} though its gate was undecided: ${override}`,
    );
  });
}

function isOver({ phase }: DeploymentStatus): boolean {
  return phase === 'done' || phase === 'rolled-back' || phase === 'failed';
}

/** With a full stop; what may begin with the name of a version stays as it is. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
