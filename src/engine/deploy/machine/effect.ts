/** What a transition makes the controller do. Each may be done again, and is verified. */
export type Effect =
  | { kind: 'start-green' }
  /** Percent of the traffic; blue gets the rest. */
  | { kind: 'set-weights'; green: number }
  | { kind: 'smoke' }
  /** Of this step; what was gathered before does not count. */
  | { kind: 'begin-evidence'; step: number }
  | { kind: 'discard-evidence' }
  | { kind: 'stop'; side: 'blue' | 'green' }
  | { kind: 'settle' };
