import type { Folded } from '../journal/foldJournal.ts';
import type { Wish } from '../journal/journalData.ts';
import type { DeploymentEvent } from '../machine/deploymentEvent.ts';
import { next } from '../machine/next.ts';
import type { DeploymentPhase } from '../machine/phase.ts';
import type { Decision } from './controllerDecision.ts';
import type { PhaseLook } from './phaseLook.ts';
import { wishObstacle } from './wishObstacle.ts';

type Answer = (Decision & { kind: 'event' }) | { kind: 'refused'; wish: number; reason: string };

/** What becomes of the first wish that nobody has answered; undefined where there is none. */
export async function answerWish(
  folded: Folded,
  look: Pick<PhaseLook, 'judgeNow' | 'observe'>,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const [open] = folded.wishes;
  if (!open) return undefined;

  const { entry, wish } = open;
  const event = eventOf(wish, entry.by);
  if (!next(folded.state, event, folded.policy))
    return { kind: 'refused', wish: entry.seq, reason: refusal(wish, folded.state.phase) };
  const obstacle = await wishObstacle(wish.kind, folded, look, signal);
  if (obstacle !== null) return { kind: 'refused', wish: entry.seq, reason: obstacle };
  if (wish.kind !== 'promote') return { kind: 'event', event, wish: entry.seq };

  const objection = await objectionTo(folded, look, signal);
  if (objection === null) return { kind: 'event', event, wish: entry.seq };
  if (objection.isFinal || wish.override === undefined)
    return { kind: 'refused', wish: entry.seq, reason: objection.reason };
  return {
    ...{ kind: 'event', wish: entry.seq, override: wish.override },
    event: { kind: 'promote', reason: `${event.reason}, though ${objection.undecided}: ${wish.override}` },
  };
}

/** Why the next step may not follow now; null where it may. */
async function objectionTo(
  folded: Folded,
  look: Pick<PhaseLook, 'judgeNow'>,
  signal: AbortSignal,
): Promise<{ isFinal: boolean; reason: string; undecided: string } | null> {
  const report = await look.judgeNow(folded, signal);
  if (report?.status === 'pass') return null;
  const why = report?.reason ?? 'nothing was measured yet';
  if (report?.status === 'fail')
    return { isFinal: true, reason: `It is not promoted, because its gate fails: ${why}`, undecided: '' };
  return {
    isFinal: false,
    reason: `It is not promoted, because its gate is undecided: ${why}. Give a reason with --override to promote it all the same.`,
    undecided: `its gate was undecided (${why})`,
  };
}

const DONE: { readonly [kind in Wish['kind']]: string } = {
  promote: 'promoted it',
  pause: 'paused it',
  resume: 'resumed it',
  abort: 'aborted it',
  rollback: 'rolled it back',
  decommission: 'ended the time for which blue is kept',
  start: 'deploys another version',
};

function eventOf(wish: Wish, by: string): DeploymentEvent {
  const reason = `${by} ${DONE[wish.kind]}`;
  if (wish.kind !== 'start') return { kind: wish.kind, reason };
  return { kind: 'newer', reason: `${reason}: ${wish.green.name}`, green: wish.green };
}

const WORDS: { readonly [kind in Wish['kind']]: string } = {
  promote: 'promoted',
  pause: 'paused',
  resume: 'resumed',
  abort: 'aborted',
  rollback: 'rolled back',
  decommission: 'decommissioned',
  start: 'replaced by another version',
};

const NOW: { readonly [phase in DeploymentPhase]: string } = {
  preparing: 'it is being prepared',
  starting: 'the new version is still starting',
  healthy: 'the new version has no traffic yet',
  smoking: 'the new version is being tested before it gets traffic',
  watching: 'a step is being watched',
  paused: 'it is paused',
  keeping: 'the new version has all the traffic, and the one before is kept',
  decommissioning: 'the version before is being stopped',
  done: 'it is complete',
  'rolling-back': 'it is being rolled back',
  'rolled-back': 'it was rolled back',
  failed: 'it has failed; abort, roll back, or deploy another version',
};

function refusal({ kind }: Wish, phase: DeploymentPhase): string {
  return `It cannot be ${WORDS[kind]} now: ${NOW[phase]}.`;
}
