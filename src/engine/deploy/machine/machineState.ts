import type { Pair } from '../routers/router.ts';
import type { Version } from '../sides.ts';
import type { DeploymentPhase } from './phase.ts';

/** Where a deployment is: all that decides what comes next. */
export interface MachineState {
  phase: DeploymentPhase;
  /** Of the policy's steps: the one that is watched, or was watched last; null before the first. */
  step: number | null;
  /** How often the step was extended. */
  extensions: number;
  pair: Pair;
  /** What is brought forward as soon as green is taken back; null where nothing is. */
  successor: Version | null;
}

/** The phases after which nothing follows. A failed deployment is none: a person must say what becomes of it. */
const ENDS: readonly DeploymentPhase[] = ['done', 'rolled-back'];

export function isEnd(phase: DeploymentPhase): boolean {
  return ENDS.includes(phase);
}
