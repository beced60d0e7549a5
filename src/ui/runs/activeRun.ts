import type { EngineEvents } from '../../protocol/events.ts';
import type { ResultRow } from '../../protocol/resultRow.ts';

/** A run of this window that is under way. */
export interface ActiveRun {
  readonly runId: string;
  /** The run in which its results stand in place of others. */
  readonly partOf?: string;
  /** Present in a run that is made for a comparison: both sides are in it, so that its counts are those of neither. */
  readonly comparison?: { readonly baseline: string; readonly candidate: string };
  readonly suite: string;
  /** Relative to the workspace, as in the listing. */
  readonly dataset: string;
  readonly targets: readonly string[];
  /** How many results it will hold. */
  readonly trials: number;
  /** Trials of each case on each target. */
  readonly repeat: number;
  /** Stored so far, over all attempts. */
  readonly counts: EngineEvents['run/results']['counts'];
}

/** `lost`: the engine died in the middle of it. Like an interrupted run it can be resumed. */
export type RunEnd =
  | { outcome: 'complete'; passed: boolean }
  /** `stopped`: why the program itself ended it; absent where a person did. */
  | { outcome: 'interrupted'; stopped?: string }
  | { outcome: 'lost' }
  | { outcome: 'failed'; failure: EngineEvents['run/finished']['failure'] };

export interface FinishedRun {
  readonly run: ActiveRun;
  readonly end: RunEnd;
}

/** What happens to runs, in order: a run begins, brings rows, and ends. */
export type RunEvent =
  | { kind: 'started'; run: ActiveRun }
  | { kind: 'results'; run: ActiveRun; rows: readonly ResultRow[] }
  | { kind: 'finished'; run: ActiveRun; end: RunEnd };

/** The run in which its results are looked at. */
export function shownRun({ runId, partOf }: ActiveRun): string {
  return partOf ?? runId;
}

/** Results so far. */
export function doneOf({ counts }: ActiveRun): number {
  return counts.passed + counts.failed + counts.errored;
}
