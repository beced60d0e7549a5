import type { StepReport } from './evidence/stepReport.ts';
import type { JournalEntry } from './journal/journal.ts';
import type { DeploymentPhase } from './machine/phase.ts';
import type { Observed, Pair } from './routers/router.ts';
import type { Weights } from './sides.ts';

/** What a deployment tells of itself. Plain data. Times in milliseconds since the epoch. */
export interface DeploymentStatus {
  deployment: string;
  /** What is steered, in words; null before it was asked. */
  where: string | null;
  pair: Pair;
  phase: DeploymentPhase;
  /** Index of the step that is watched or was watched last; null before the first. */
  step: number | null;
  steps: readonly { weight: number; holdMs: number; minSamples: number }[];
  weights: Weights | null;
  observed: Observed | null;
  /** Since when the phase or step lasts, and when its time is over. */
  sinceMs: number;
  untilMs: number | null;
  /** Of the step that is watched, as of now. */
  report: StepReport | null;
  /** Why it is where it is, in sentences, the most important first. */
  explanation: readonly string[];
  /** What a person may do now. */
  actions: readonly DeploymentAction[];
  /** Who controls it; null where nobody does, so that nothing goes on. */
  controller: string | null;
  journal: readonly JournalEntry[];
}

export type DeploymentAction = 'promote' | 'pause' | 'resume' | 'abort' | 'rollback' | 'decommission';
