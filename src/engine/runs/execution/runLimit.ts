import type { LocatedCase } from '../../model/case.ts';
import type { TrialResult } from '../../model/result.ts';
import type { Lease } from '../../store/lease.ts';

/** A trial that wants to begin. */
export interface WantedTrial {
  target: string;
  located: LocatedCase;
  trial: number;
  /** The target's answer is stored from an earlier attempt; only judges are asked. */
  paid: boolean;
}

/** Ends a run early, without cutting off what is under way. */
export interface RunLimit {
  /** Aborted when no new trial may begin; those under way are finished and stored. */
  readonly signal: AbortSignal;
  /** Why, in plain words. */
  readonly reason: string | undefined;
  /** The attempt begins. */
  open(lease: Lease): void;
  /** Resolves when the trial may begin, or with false when it may not. Rejects with the signal's reason. */
  admit(wanted: WantedTrial, signal: AbortSignal): Promise<boolean>;
  /** Results were stored, or outputs that wait to be judged. */
  stored(results: readonly TrialResult[]): void;
  /** A trial that was admitted was given up. */
  giveUp(wanted: WantedTrial): void;
  /** Nothing was sent for a trial that was admitted. */
  release(wanted: WantedTrial): void;
}
