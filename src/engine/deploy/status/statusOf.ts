import type { DeploymentConfig } from '../../suites/deploying/deploymentConfig.ts';
import type { DeploymentAction, DeploymentStatus } from '../deploymentStatus.ts';
import type { StepReport } from '../evidence/stepReport.ts';
import { type Folded, foldJournal, isBlueLeft } from '../journal/foldJournal.ts';
import type { JournalEntry } from '../journal/journal.ts';
import type { PlainEvent } from '../machine/deploymentEvent.ts';
import { next } from '../machine/next.ts';
import type { DeploymentPhase } from '../machine/phase.ts';
import type { Observed } from '../routers/router.ts';
import { explain } from './explain.ts';

/** What only the controller knows. */
export interface LiveFacts {
  observed: Observed | null;
  report: StepReport | null;
  /** Who controls it; null where nobody does. */
  controller: string | null;
  /** When the time of the phase or step is over, in milliseconds since the epoch, where the controller measures it. */
  untilMs?: number;
}

export const NOTHING_LIVE: LiveFacts = { observed: null, report: null, controller: null };

/** Phases whose evidence is still to come, or comes in. */
const GATHERS: ReadonlySet<DeploymentPhase> = new Set([
  ...(['preparing', 'starting', 'healthy', 'smoking', 'watching'] as const),
]);

/** What a deployment tells of itself, from its journal. Undefined where there is none, or none that this version understands. */
export function statusOf(
  config: Pick<DeploymentConfig, 'name'>,
  entries: readonly JournalEntry[],
  live: LiveFacts = NOTHING_LIVE,
): DeploymentStatus | undefined {
  const folded = foldJournal(entries);
  if (!folded) return undefined;

  const { state, policy, last } = folded;
  const sinceMs = (state.phase === 'watching' ? folded.evidenceSinceMs : null) ?? last.entry.atMs;
  const status: DeploymentStatus = {
    deployment: config.name,
    where: folded.where,
    pair: state.pair,
    phase: state.phase,
    step: state.step,
    steps: policy.steps,
    weights: live.observed?.weights ?? null,
    observed: live.observed,
    sinceMs,
    untilMs: live.untilMs ?? untilOf(folded, sinceMs),
    report: live.report ?? (GATHERS.has(state.phase) ? null : folded.report),
    explanation: [],
    actions: actionsOf(folded),
    controller: live.controller,
    journal: entries,
  };
  return { ...status, explanation: explain(status) };
}

/** When the time of a phase is over that began at `sinceMs`; null where it has none. */
export function untilOf({ state, policy }: Pick<Folded, 'state' | 'policy'>, sinceMs: number): number | null {
  const length = lengthOf({ state, policy });
  return length === null ? null : sinceMs + length;
}

/** How long a phase lasts at most, in milliseconds; null where it has no time. */
export function lengthOf({ state, policy }: Pick<Folded, 'state' | 'policy'>): number | null {
  switch (state.phase) {
    case 'starting':
      return policy.readyMs;
    case 'watching':
      return (policy.steps[state.step ?? 0]?.holdMs ?? 0) * (1 + state.extensions);
    case 'keeping':
      return policy.keepMs;
    default:
      return null;
  }
}

const ACTIONS: readonly (DeploymentAction & PlainEvent)[] = [
  'promote',
  'pause',
  'resume',
  'rollback',
  'abort',
  'decommission',
];

function actionsOf(folded: Folded): DeploymentAction[] {
  const { state, policy } = folded;
  const hasNoWayBack = state.phase === 'decommissioning' && !isBlueLeft(folded);
  return ACTIONS.filter((kind) => !hasNoWayBack && next(state, { kind, reason: '' }, policy) !== undefined);
}
