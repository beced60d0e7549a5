/** The step that is judged. Times in milliseconds since the epoch. */
export interface WatchedStep {
  /** Of the policy's steps. */
  index: number;
  sinceMs: number;
  /** When its hold is over, extensions included. */
  untilMs: number;
  /** False where nothing served before: there is nothing to compare with. */
  hasBlue: boolean;
  /** Another controller does not tell its weights: the division of the traffic is not looked at. */
  ignoresWeight?: boolean;
}
