import type { PreparedRun } from '../runs/preparation/preparedRun.ts';
import type { Outlook } from './pairs/outlook.ts';
import type { TargetPair } from './pairs/pairCases.ts';
import type { Reusable } from './sides/donors.ts';

/** One side: results that are there, or targets of the run that is about to be made. */
export interface PlannedSide {
  label: string;
  /** Null: the run that is about to be made. */
  storedRun: string | null;
  targets: string[];
  /** The commit that its files are of, null for the files as they are; absent for a stored run. */
  files?: string | null;
}

/** A comparison that is ready to begin. */
export interface PreparedComparison {
  suite: string;
  baseline: PlannedSide;
  candidate: PlannedSide;
  pairs: TargetPair[];
  /** Both sides are the very same thing. */
  same: boolean;
  /** Null where both sides are stored. Closes what was made for the sides, temporary folders included. */
  run: PreparedRun | null;
  /** What these cases can show; null where both sides are stored. */
  outlook: Outlook | null;
  /** Files whose content stands in hashes of its plan. */
  hashed: ReadonlySet<string>;
  /** Its evaluators run programs, which may read any file of the workspace. */
  evaluatorsReadFiles: boolean;
  /** Targets whose earlier results may stand in. */
  reusable: Reusable[];
  notes: string[];
}

/** Targets of the two sides that belong together: one against one, otherwise by name. */
export function pairTargets<T extends { name: string }>(before: readonly T[], after: readonly T[]): [T, T][] {
  const [first, second] = [before[0], after[0]];
  if (first && second && before.length === 1 && after.length === 1) return [[first, second]];
  return before.flatMap((target): [T, T][] => {
    const partner = after.find(({ name }) => name === target.name);
    return partner ? [[target, partner]] : [];
  });
}
